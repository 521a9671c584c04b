package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.Job;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables that a build of a change gets: Zuul's (launcher/gearman.py of Zuul 2.5.2), which devstack-gate reads, and
 * those of the Gerrit Trigger plugin (its {@code GerritTriggerParameters}), which people's scripts read.
 */
final class GateEnvironment {
    /** An environment is copied at every exec, and Linux takes 128 KB a variable: nothing needs as much. */
    private static final int MAX_VALUE = 4096;

    private GateEnvironment() {}

    /**
     * What devstack-gate needs to fetch the change, and where its logs go. For an updated ref: the ref as Gerrit sent it.
     *
     * @param item merged
     * @param uuid of the attempt, 32 hexadecimal digits
     * @param zuulUrl where nodes fetch from
     */
    static Map<String, String> zuul(Item item, Job job, String uuid, String zuulUrl) {
        Map<String, String> env = new LinkedHashMap<>();
        Change change = item.change();
        put(env, "ZUUL_UUID", uuid);
        put(env, "ZUUL_PROJECT", change.project());
        put(env, "ZUUL_PIPELINE", item.pipeline());
        put(env, "ZUUL_URL", zuulUrl);
        put(env, "ZUUL_VOTING", job.voting() ? "1" : "0");
        if (change.isRef()) {
            put(env, "ZUUL_REFNAME", change.ref());
            put(env, "ZUUL_OLDREV", change.oldRevision());
            put(env, "ZUUL_NEWREV", change.revision());
            put(env, "ZUUL_REF", change.ref());
            put(env, "ZUUL_COMMIT", change.revision());
        } else {
            List<Change> all = new ArrayList<>(item.ahead());
            all.add(change);
            put(env, "ZUUL_BRANCH", change.branch());
            putList(
                    env,
                    "ZUUL_CHANGES",
                    "^",
                    all.stream().map(GateEnvironment::change).toList());
            putList(env, "ZUUL_CHANGE_IDS", " ", all.stream().map(Change::id).toList());
            put(env, "ZUUL_CHANGE", Integer.toString(change.number()));
            put(env, "ZUUL_PATCHSET", Integer.toString(change.patchset()));
            put(env, "ZUUL_REF", item.merge().ref());
            put(env, "ZUUL_COMMIT", item.merge().commit());
        }
        put(env, "BASE_LOG_PATH", baseLogPath(change));
        put(env, "LOG_PATH", logPath(item, job.name(), uuid));
        return env;
    }

    private static String change(Change change) {
        return change.project() + ":" + change.branch() + ":" + change.ref();
    }

    /** Of a list that is too long, the first ones are left out: the last one is the change itself. */
    private static void putList(Map<String, String> env, String name, String separator, List<String> values) {
        int from = values.size() - 1;
        int length = values.get(from).length();
        while (from > 0 && length + separator.length() + values.get(from - 1).length() <= MAX_VALUE) {
            from--;
            length += separator.length() + values.get(from).length();
        }
        put(env, name, String.join(separator, values.subList(from, values.size())));
    }

    /** {@code 05/60105/3}: the last two digits of the number first, as they are (change 7 gives {@code 7/7/1}). */
    static String baseLogPath(Change change) {
        if (change.isRef()) {
            String revision = String.valueOf(change.revision());
            return revision.substring(0, Math.min(2, revision.length())) + "/" + revision;
        }
        String number = Integer.toString(change.number());
        return number.substring(Math.max(0, number.length() - 2)) + "/" + number + "/" + change.patchset();
    }

    /** {@code 05/60105/3/check/JOB/bf0f215}. */
    static String logPath(Item item, String job, String uuid) {
        return baseLogPath(item.change()) + "/" + item.pipeline() + "/" + job + "/" + uuid.substring(0, 7);
    }

    /**
     * The {@code GERRIT_*} variables of an event, with the encodings that the Gerrit Trigger plugin has by default.
     *
     * @param event null when a person asked for the test
     */
    static Map<String, String> gerrit(
            @CheckForNull GerritEvent event, Change change, ChangeDetails details, SchedulerSettings.GerritSite site) {
        Map<String, String> env = new LinkedHashMap<>();
        put(env, "GERRIT_EVENT_TYPE", event == null ? "manual" : event.type());
        put(env, "GERRIT_EVENT_HASH", Integer.toString(event == null ? change.hashCode() : event.hashCode()));
        put(env, "GERRIT_NAME", site.host());
        put(env, "GERRIT_HOST", site.host());
        put(env, "GERRIT_PORT", Integer.toString(site.port()));
        put(env, "GERRIT_SCHEME", "ssh");
        put(env, "GERRIT_PROJECT", change.project());
        if (change.isRef()) {
            put(env, "GERRIT_REFNAME", change.ref());
            put(env, "GERRIT_OLDREV", change.oldRevision());
            put(env, "GERRIT_NEWREV", change.revision());
        } else {
            patchSet(env, change, details);
        }
        if (event != null) {
            Person account = person(event.account());
            person(env, "GERRIT_EVENT_ACCOUNT", account);
            if ("change-restored".equals(event.type())) {
                person(env, "GERRIT_CHANGE_RESTORER", account);
            }
            if ("comment-added".equals(event.type())) {
                put(env, "GERRIT_EVENT_COMMENT_TEXT", base64(event.comment()));
            }
        }
        return env;
    }

    private static void patchSet(Map<String, String> env, Change change, ChangeDetails details) {
        put(env, "GERRIT_BRANCH", change.branch());
        put(env, "GERRIT_TOPIC", details.topic());
        put(env, "GERRIT_CHANGE_NUMBER", Integer.toString(change.number()));
        put(env, "GERRIT_CHANGE_ID", details.changeId());
        put(env, "GERRIT_CHANGE_SUBJECT", change.subject());
        put(env, "GERRIT_CHANGE_URL", change.url());
        put(env, "GERRIT_CHANGE_WIP_STATE", Boolean.toString(details.workInProgress()));
        put(env, "GERRIT_CHANGE_PRIVATE_STATE", Boolean.toString(details.isPrivate()));
        if (!details.commitMessage().isEmpty()) {
            put(env, "GERRIT_CHANGE_COMMIT_MESSAGE", base64(details.commitMessage()));
        }
        put(env, "GERRIT_PATCHSET_NUMBER", Integer.toString(change.patchset()));
        put(env, "GERRIT_PATCHSET_REVISION", change.revision());
        put(env, "GERRIT_REFSPEC", change.ref());
        person(env, "GERRIT_CHANGE_OWNER", details.owner());
        person(env, "GERRIT_PATCHSET_UPLOADER", details.uploader());
    }

    private static Person person(GerritAccount account) {
        return new Person(account.name(), account.email(), account.username());
    }

    private static void person(Map<String, String> env, String name, Person person) {
        put(env, name, person.email().isEmpty() ? "" : "\"" + person.name() + "\" <" + person.email() + ">");
        put(env, name + "_NAME", person.name());
        put(env, name + "_EMAIL", person.email());
        put(env, name + "_USERNAME", person.username());
    }

    private static String base64(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_VALUE / 4 * 3);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes, length));
    }

    /** Control characters become blanks (a NUL cannot be in an environment, a line end breaks scripts). */
    private static void put(Map<String, String> env, String name, String value) {
        if (value == null) {
            return;
        }
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < value.length() && clean.length() < MAX_VALUE; i++) {
            char c = value.charAt(i);
            clean.append(Character.isISOControl(c) ? ' ' : c);
        }
        if (clean.length() > 0 && Character.isHighSurrogate(clean.charAt(clean.length() - 1))) {
            clean.setLength(clean.length() - 1);
        }
        env.put(name, clean.toString());
    }
}
