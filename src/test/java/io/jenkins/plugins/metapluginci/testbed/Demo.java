package io.jenkins.plugins.metapluginci.testbed;

import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient.Build;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Shows the whole CI at work on this machine: {@code bin/demo}. A change that passes, one that fails because the nodes lack
 * something, and that one again after the nodes were mended and somebody commented. Then it stays up, for a person to try.
 *
 * <p>With {@code --once} it ends instead: status 0 only if every vote, link and reboot was as it must be.
 */
public final class Demo {

    /** What the failing change's test asks the node for. */
    private static final String MISSING = "/opt/metaplugin-driver";

    private static final PrintStream OUT = System.out;
    private final long begin = System.nanoTime();
    private final List<String> wrong = new ArrayList<>();

    private Demo() {}

    /** @param args {@code --once} or nothing */
    public static void main(String[] args) throws InterruptedException {
        boolean once = List.of(args).contains("--once");
        boolean good = false;
        try {
            good = new Demo().run();
        } catch (AssertionError | RuntimeException e) {
            e.printStackTrace(OUT);
        }
        if (good && !once) {
            say("");
            say("It stays up until you press Ctrl-C.");
            new CountDownLatch(1).await();
        }
        // The hook of the test bed stops every part.
        System.exit(good ? 0 : 1);
    }

    private boolean run() {
        say("Starting Gerrit, a log server, a controller and two nodes ...");
        Site site = Site.get();
        say(String.format(Locale.ROOT, "All is up after %.0f s.", (System.nanoTime() - begin) / 1e9));
        addresses(site);

        say("");
        say("Two changes are pushed. The second one needs " + MISSING + ", which no node has.");
        GerritClient developer = site.developer();
        Change passing = developer.pushChange(
                Site.PROJECT, Site.BRANCH, "A change that passes", Gate.passing("This change is fine."));
        Change failing = developer.pushChange(
                Site.PROJECT,
                Site.BRANCH,
                "A change that needs a driver on the node",
                Gate.script("if [ -e " + MISSING + " ]; then echo 'The driver is there.'; else\n"
                        + "  echo 'The driver is missing.'; exit 1\nfi"));
        CompletableFuture<List<String>> first =
                CompletableFuture.supplyAsync(() -> new Story(site, passing, "passes", Demo::say).follow(0, 0, 1));
        CompletableFuture<List<String>> second =
                CompletableFuture.supplyAsync(() -> new Story(site, failing, "fails", Demo::say).follow(0, 0, 0));
        wrong.addAll(first.join());
        wrong.addAll(second.join());

        say("");
        say("The driver is installed on the nodes, and somebody comments " + Site.RECHECK + " on change "
                + failing.number() + ".");
        site.nodes().forEach(node -> node.exec("touch " + MISSING).ok());
        int newest = site.admin().builds(Site.JOB).stream()
                .mapToInt(Build::number)
                .max()
                .orElse(0);
        site.gerrit().reviewer().comment(failing, Site.RECHECK);
        wrong.addAll(new Story(site, failing, "again", Demo::say).follow(newest, 1, 1));

        say("");
        for (Change change : List.of(passing, failing)) {
            int vote = developer.read(change).ciVote();
            say("Change " + change.number() + ": Verified " + (vote > 0 ? "+" : "") + vote);
            if (vote != 1) {
                wrong.add("change " + change.number() + " ended with " + vote);
            }
        }
        say(wrong.isEmpty() ? "Every vote, link and reboot was as it must be." : "Not as it must be:");
        wrong.forEach(problem -> say("  " + problem));
        addresses(site);
        return wrong.isEmpty();
    }

    private static void addresses(Site site) {
        GerritServer gerrit = site.gerrit();
        say("");
        say("  controller  " + site.controller().url() + "  " + login(Account.ADMIN) + ", or " + login(Account.READER));
        say("  its status  " + site.controller().url() + Site.STATUS + "/");
        say("  its set-up  " + site.controller().url() + Site.PAGE + "/");
        say("  Gerrit      " + gerrit.url() + "  " + login(GerritServer.DEVELOPER));
        say("  logs        " + site.logHost().baseUrl());
        say("  push        git clone http://" + GerritServer.DEVELOPER.name() + ":"
                + GerritServer.DEVELOPER.password() + "@" + gerrit.host() + ":" + gerrit.httpPort() + "/a/"
                + Site.PROJECT);
        say("              in it: curl -so .git/hooks/commit-msg " + gerrit.url()
                + "tools/hooks/commit-msg && chmod +x .git/hooks/commit-msg");
        // Gerrit takes commits only from the address of who pushes them.
        say("              git config user.name Developer; git config user.email developer@example.org");
        say("              change " + Gate.SCRIPT + ", commit, git push origin HEAD:refs/for/" + Site.BRANCH);
    }

    private static String login(Account account) {
        return account.name() + " / " + account.password();
    }

    private static synchronized void say(String line) {
        OUT.println(line);
    }
}
