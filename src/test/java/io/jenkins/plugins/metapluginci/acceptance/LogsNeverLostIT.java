package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import io.jenkins.plugins.metapluginci.testbed.Relay;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** The log server cut off, full, or away, and the controller killed, while a run publishes: judged from the document root. */
public class LogsNeverLostIT {
    private static final Duration ONE_BUILD = Duration.ofSeconds(150);
    private static final int FILES = 300;
    private static final String BODY = """
            sudo -n mkdir -p /opt/stack/logs/many
            sudo -n sh -c 'cd /opt/stack/logs
              for i in $(seq FILES); do head -c 9000 /dev/urandom | base64 >many/f$i.txt; done
              sha256sum many/* >sums.txt'
            """.replace("FILES", String.valueOf(FILES));

    private Site site;
    private GerritClient developer;
    private LogHost logs;
    private Relay relay;

    @Before
    public void logsGoThroughARelay() {
        site = Site.get();
        developer = site.developer();
        logs = site.logHost();
        site.awaitQuiet();
        relay = new Relay("log server", logs.sshPort());
        site.configure(form -> form.set("logServerPort", String.valueOf(relay.port())));
    }

    @After
    public void allIsAsItWas() {
        logs.refuseWrites(false);
        relay.close();
        site.configure(form -> {});
    }

    private Change push(String subject) {
        return developer.pushChange(Site.PROJECT, Site.BRANCH, subject, Journal.script(BODY));
    }

    @Test
    public void aConnectionThatIsCutAgainAndAgainHasTheWholeTreeInTheEnd() {
        relay.delay(15);
        Change change = push("The way to the log server is cut in the middle");
        for (int cut = 0; cut < 3; cut++) {
            awaitPart();
            relay.cut();
        }
        Path run = publishedRun(change);
        assertWhole(run);
        assertThat(read(run.resolve("index.html"))).contains("SUCCESS");
        developer.awaitCiVote(change, 1, ONE_BUILD);
        awaitNothingWaiting();
    }

    @Test
    public void aServerThatTakesNoFilesIsWaitedOut() {
        logs.refuseWrites(true);
        Change change = push("The log server takes no files");
        Change voted = developer.awaitCiVote(change, 1, ONE_BUILD);
        assertThat(voted.ciMessages().get(0).text())
                .contains("will be there later")
                .contains(logs.baseUrl().toString());
        site.awaitQuiet();
        JsonObject waiting = site.status().getAsJsonObject("logs");
        assertThat(waiting.get("spooled").getAsLong()).isPositive();
        assertThat(waiting.getAsJsonArray("runs")).isNotEmpty();
        logs.refuseWrites(false);
        assertWhole(publishedRun(change));
        awaitNothingWaiting();
    }

    @Test
    public void aControllerKilledWhileItPublishesLosesNothing() {
        relay.delay(40);
        Change change = push("Its controller is killed while it publishes");
        awaitPart();
        String destination = runs().get(0).getAsJsonObject().get("destination").getAsString();
        site.controller().kill9();
        relay.delay(0);
        site.controller().start();
        developer.awaitCiVote(change, 1, ONE_BUILD);
        site.awaitQuiet();
        Path killed = logs.docroot().resolve(destination);
        Await.until(
                "the killed run's logs",
                ONE_BUILD,
                () -> Files.exists(killed.resolve(".metaplugin-ci-run"))
                        && Files.exists(existing(killed.resolve("logs/sums.txt"))));
        awaitNothingWaiting();
        assertWhole(killed);
        assertThat(read(killed.resolve("index.html")))
                .contains("INTERRUPTED")
                .contains("The controller stopped while this run went on.");
    }

    private List<JsonElement> runs() {
        return site.status().getAsJsonObject("logs").getAsJsonArray("runs").asList();
    }

    private void awaitNothingWaiting() {
        Await.until("nothing waits", ONE_BUILD, () -> String.valueOf(runs()), () -> runs().isEmpty());
    }

    /** Some of a tree is at the server, and not all. */
    private void awaitPart() {
        Await.until("a tree is under way", ONE_BUILD, () -> parts().stream().anyMatch(part -> count(part) > 3));
    }

    private List<Path> parts() {
        return find(".logs-part-", true);
    }

    /** Where a change's run was published whole. */
    private Path publishedRun(Change change) {
        String number = "/" + change.number() + "/";
        List<Path> found = new ArrayList<>();
        Await.until("logs of " + Journal.id(change), ONE_BUILD, () -> {
            found.clear();
            find(".metaplugin-ci-run", false).stream()
                    .map(Path::getParent)
                    .filter(run -> run.toString().contains(number) && Files.exists(run.resolve("logs")))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private List<Path> find(String prefix, boolean directories) {
        List<Path> found = new ArrayList<>();
        find(logs.docroot(), prefix, directories, found);
        return found;
    }

    /** What is written meanwhile comes and goes. */
    private static void find(Path directory, String prefix, boolean directories, List<Path> found) {
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.toList()) {
                boolean isDirectory = Files.isDirectory(each);
                if (each.getFileName().toString().startsWith(prefix) && isDirectory == directories) {
                    found.add(each);
                } else if (isDirectory && !each.getFileName().toString().equals("logs")) {
                    find(each, prefix, directories, found);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // gone again
        }
    }

    private static long count(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).count();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Every file has the digest that it had on the node. */
    private static void assertWhole(Path run) {
        List<String> sums = read(existing(run.resolve("logs/sums.txt"))).lines().toList();
        assertThat(sums).hasSize(FILES);
        for (String line : sums) {
            String[] words = line.split(" +", 2);
            assertThat(digest(existing(run.resolve("logs").resolve(words[1]))))
                    .as(words[1])
                    .isEqualTo(words[0]);
        }
        assertThat(find(run)).noneMatch(path -> path.getFileName().toString().startsWith(".logs-part-"));
    }

    private static List<Path> find(Path run) {
        try (Stream<Path> all = Files.list(run)) {
            return all.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it is, or packed. */
    private static Path existing(Path file) {
        return Files.exists(file) ? file : file.resolveSibling(file.getFileName() + ".gz");
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    private static String digest(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
