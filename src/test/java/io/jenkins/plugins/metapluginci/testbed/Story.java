package io.jenkins.plugins.metapluginci.testbed;

import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Message;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient.Build;
import io.jenkins.plugins.metapluginci.testbed.Node.Boot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One test of a change, told step by step as an outsider sees it: the build and its console at the controller, the comment and
 * the vote at Gerrit, the link opened, the node going down and coming back. What is not as it must be is remembered.
 *
 * <p>Used by one thread.
 */
final class Story {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern LINK = Pattern.compile("- \\S+ (https?://\\S+) : (\\S+)");
    /** What the console says at the begin and at the end of a step of the build: whole lines, for it is still written to. */
    private static final Pattern STEP = Pattern.compile("=== ([^\\r\\n]+)\\r?\\n");

    private final Site site;
    private final Change change;
    private final String what;
    private final Consumer<String> printer;
    private final List<String> wrong = new ArrayList<>();
    private final long begin = System.nanoTime();
    private int stepsTold;

    /**
     * @param change as it is before the test
     * @param what the test, for people
     * @param printer takes each line when it happens
     */
    Story(Site site, Change change, String what, Consumer<String> printer) {
        this.site = site;
        this.change = change;
        this.what = what;
        this.printer = printer;
    }

    /**
     * Follows the test from its begin to the node's return.
     *
     * @param buildsBefore number of the job's newest build before this test was asked for
     * @param reportsBefore how often the CI had commented on the patchset before
     * @param vote what must be voted
     * @return what was not as it must be; empty when all was
     */
    List<String> follow(int buildsBefore, int reportsBefore, int vote) {
        try {
            Build started = awaitBuild(buildsBefore);
            Node node = site.node(started.node());
            String bootBefore = bootAt(node, started.startMs());
            tell("build #" + started.number() + " runs on " + node.name());
            Build ended = awaitEnd(started);
            tell("build #" + ended.number() + " is over: " + ended.result() + " after "
                    + seconds(ended.durationMs() / 1000.0));
            report(reportsBefore, vote);
            reboot(node, bootBefore);
        } catch (AssertionError | RuntimeException e) {
            wrong(String.valueOf(e.getMessage()).lines().findFirst().orElse(String.valueOf(e)));
        }
        return wrong;
    }

    /**
     * Asks the controller, one story at a time: core 1.395 makes its model of a kind of JSON when it is first asked for it, and a
     * second question at that moment sees it half made.
     */
    private <T> T ask(Function<JenkinsClient, T> question) {
        synchronized (site) {
            return question.apply(site.admin());
        }
    }

    private Build awaitBuild(int buildsBefore) {
        String id = change.project() + " " + change.number() + "," + change.patchset();
        return Await.value(
                "a build of " + id,
                LIMIT,
                () -> ask(admin -> "queue: " + admin.queue() + ", computers: " + admin.computers()),
                () -> ask(admin -> admin.builds(Site.JOB).stream()
                        .filter(build -> build.number() > buildsBefore && isOf(id, build, admin))
                        .findFirst()));
    }

    private static boolean isOf(String id, Build build, JenkinsClient admin) {
        return !build.node().isEmpty()
                && admin.buildJson(Site.JOB, build.number()).toString().contains(id);
    }

    private Build awaitEnd(Build started) {
        return Await.value("the end of build #" + started.number(), LIMIT, () -> {
            Optional<Build> ended =
                    ask(admin -> admin.build(Site.JOB, started.number()).filter(build -> !build.building()));
            tellSteps(ask(admin -> admin.console(Site.JOB, started.number())));
            return ended;
        });
    }

    /** The build announces each of its steps in the console, and how long it took. */
    private void tellSteps(String console) {
        Matcher step = STEP.matcher(console);
        for (int i = 0; step.find(); i++) {
            if (i >= stepsTold) {
                stepsTold = i + 1;
                tell("  " + step.group(1).strip());
            }
        }
    }

    private void report(int reportsBefore, int vote) {
        Change reported = site.developer().awaitCiReports(change, reportsBefore + 1, LIMIT);
        List<Message> messages = reported.ciMessages(change.patchset());
        Message message = messages.get(messages.size() - 1);
        tell("Gerrit: Verified " + (reported.ciVote() > 0 ? "+" : "") + reported.ciVote());
        message.text().lines().filter(line -> !line.isBlank()).forEach(line -> tell("  | " + line));
        if (messages.size() != reportsBefore + 1) {
            wrong(messages.size() - reportsBefore + " reports of one test");
        }
        if (reported.ciVote() != vote) {
            wrong("voted " + reported.ciVote() + " instead of " + vote);
        }
        link(message, vote);
    }

    private void link(Message message, int vote) {
        Matcher link = LINK.matcher(message.text());
        if (!link.find()) {
            wrong("no link in the comment");
            return;
        }
        String word = vote > 0 ? "SUCCESS" : "FAILURE";
        if (!link.group(2).equals(word)) {
            wrong("reported " + link.group(2) + " instead of " + word);
        }
        String index = site.logHost().fetch(link.group(1));
        String console = site.logHost().fetch(link.group(1) + "console.html");
        String logs = site.logHost().fetch(link.group(1) + "logs/");
        if (!index.contains(change.number() + "," + change.patchset()) || !logs.contains("devstacklog")) {
            wrong("the link does not show the build's change and logs");
        }
        tell("the link opens: console of " + console.length() / 1024 + " KB, and the logs of devstack");
    }

    private void reboot(Node node, String bootBefore) {
        Boot back = Await.value("the reboot of " + node.name(), LIMIT, () -> {
            List<Boot> boots = node.boots();
            for (int i = 1; i < boots.size(); i++) {
                if (boots.get(i - 1).bootId().equals(bootBefore)) {
                    if (boots.get(i - 1).end() != Boot.End.REBOOT) {
                        wrong(node.name() + " ended by " + boots.get(i - 1).end());
                    }
                    return Optional.of(boots.get(i));
                }
            }
            return Optional.empty();
        });
        tell(node.name() + " rebooted, boot id " + shortened(bootBefore) + " is now " + shortened(back.bootId()));
        Await.until(
                node.name() + " is online",
                LIMIT,
                () -> ask(admin -> String.valueOf(admin.computers())),
                () -> ask(admin -> !admin.computer(node.name()).offline()));
        tell(node.name() + " is back online");
    }

    /** The boot id that the node had at a time. */
    private static String bootAt(Node node, long timeMs) {
        String id = null;
        for (Boot boot : node.boots()) {
            if (boot.startedMs() <= timeMs) {
                id = boot.bootId();
            }
        }
        return id;
    }

    private void tell(String step) {
        printer.accept(String.format(
                Locale.ROOT,
                "%8s  %-24s %s",
                seconds((System.nanoTime() - begin) / 1e9),
                "change " + change.number() + "," + change.patchset() + " " + what,
                step));
    }

    private void wrong(String problem) {
        wrong.add("change " + change.number() + "," + change.patchset() + " " + what + ": " + problem);
        tell("WRONG: " + problem);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String shortened(String bootId) {
        return bootId.substring(0, 8);
    }
}
