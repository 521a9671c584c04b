package io.jenkins.plugins.metapluginci.scheduler;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables that a build of a change gets: Zuul's (launcher/gearman.py of Zuul 2.5.2), which devstack-gate reads, and
 * those of the Gerrit Trigger plugin (its {@code GerritTriggerParameters}), which people's scripts read.
 */
final class GateEnvironment {
    /** The pipeline of the simple trigger. */
    static final String PIPELINE = "check";

    /** An environment is copied at every exec, and Linux takes 128 KB a variable: nothing needs as much. */
    private static final int MAX_VALUE = 4096;

    private GateEnvironment() {}

    /**
     * What devstack-gate needs to fetch the change, and where its logs go.
     *
     * @param uuid of the attempt, 32 hexadecimal digits
     * @param zuulUrl where nodes fetch from
     */
    static Map<String, String> zuul(Change change, String job, String uuid, String zuulUrl) {
        Map<String, String> env = new LinkedHashMap<>();
        put(env, "ZUUL_UUID", uuid);
        put(env, "ZUUL_PROJECT", change.project());
        put(env, "ZUUL_PIPELINE", PIPELINE);
        put(env, "ZUUL_URL", zuulUrl);
        put(env, "ZUUL_VOTING", "1");
        put(env, "ZUUL_BRANCH", change.branch());
        put(env, "ZUUL_CHANGES", change.project() + ":" + change.branch() + ":" + change.ref());
        put(env, "ZUUL_CHANGE_IDS", change.id());
        put(env, "ZUUL_CHANGE", Integer.toString(change.number()));
        put(env, "ZUUL_PATCHSET", Integer.toString(change.patchset()));
        put(env, "ZUUL_REF", change.ref());
        put(env, "ZUUL_COMMIT", change.revision());
        put(env, "BASE_LOG_PATH", baseLogPath(change));
        put(env, "LOG_PATH", logPath(change, job, uuid));
        return env;
    }

    /** {@code 05/60105/3}: the last two digits of the number first, as they are (change 7 gives {@code 7/7/1}). */
    static String baseLogPath(Change change) {
        String number = Integer.toString(change.number());
        return number.substring(Math.max(0, number.length() - 2)) + "/" + number + "/" + change.patchset();
    }

    /** {@code 05/60105/3/check/JOB/bf0f215}. */
    static String logPath(Change change, String job, String uuid) {
        return baseLogPath(change) + "/" + PIPELINE + "/" + job + "/" + uuid.substring(0, 7);
    }

    /** The {@code GERRIT_*} variables of an event, with the encodings that the Gerrit Trigger plugin has by default. */
    static Map<String, String> gerrit(ChangeEvent event, SchedulerSettings settings) {
        Change change = event.change();
        Map<String, String> env = new LinkedHashMap<>();
        put(env, "GERRIT_EVENT_TYPE", event.type());
        put(env, "GERRIT_EVENT_HASH", Integer.toString(event.hashCode()));
        put(env, "GERRIT_NAME", settings.gerritHost());
        put(env, "GERRIT_HOST", settings.gerritHost());
        put(env, "GERRIT_PORT", Integer.toString(settings.gerritPort()));
        put(env, "GERRIT_SCHEME", "ssh");
        put(env, "GERRIT_PROJECT", change.project());
        put(env, "GERRIT_BRANCH", change.branch());
        put(env, "GERRIT_TOPIC", event.topic());
        put(env, "GERRIT_CHANGE_NUMBER", Integer.toString(change.number()));
        put(env, "GERRIT_CHANGE_ID", event.changeId());
        put(env, "GERRIT_CHANGE_SUBJECT", change.subject());
        put(env, "GERRIT_CHANGE_URL", change.url());
        put(env, "GERRIT_CHANGE_WIP_STATE", Boolean.toString(event.workInProgress()));
        put(env, "GERRIT_CHANGE_PRIVATE_STATE", Boolean.toString(event.isPrivate()));
        if (!event.commitMessage().isEmpty()) {
            put(env, "GERRIT_CHANGE_COMMIT_MESSAGE", base64(event.commitMessage()));
        }
        put(env, "GERRIT_PATCHSET_NUMBER", Integer.toString(change.patchset()));
        put(env, "GERRIT_PATCHSET_REVISION", change.revision());
        put(env, "GERRIT_REFSPEC", change.ref());
        person(env, "GERRIT_CHANGE_OWNER", event.owner());
        person(env, "GERRIT_PATCHSET_UPLOADER", event.uploader());
        person(env, "GERRIT_EVENT_ACCOUNT", event.account());
        if ("change-restored".equals(event.type())) {
            person(env, "GERRIT_CHANGE_RESTORER", event.account());
        }
        String comment = event.comment();
        if (comment != null) {
            put(env, "GERRIT_EVENT_COMMENT_TEXT", base64(comment));
        }
        return env;
    }

    private static void person(Map<String, String> env, String name, ChangeEvent.Person person) {
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
