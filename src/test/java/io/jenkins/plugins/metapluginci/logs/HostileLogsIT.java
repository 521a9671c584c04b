package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Commands;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** What strangers' code may leave in {@code logs}, published to a real log server and judged from its document root. */
public class HostileLogsIT {
    private static final Path DIRECTORY =
            Path.of("target/testbed/hostile-logs-it").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static LogHost host;
    private static LogSite site;
    private static int runs;

    @BeforeClass
    public static void start() throws IOException {
        // names that are not UTF-8 are beyond the JDK
        Commands.run(Path.of("."), LIMIT, "rm", "-rf", DIRECTORY.toString());
        Files.createDirectories(DIRECTORY);
        // a hundred thousand files take a disk longer than all the rest
        Commands.run(Path.of("."), LIMIT, "mount", "-t", "tmpfs", "none", DIRECTORY.toString());
        host = new LogHost(DIRECTORY);
        host.start();
        site = new LogSite(DIRECTORY, host, new TransferLimits(20_000, 100_000, 1_000_000_000L, 4_000_000_000L));
    }

    @AfterClass
    public static void stop() {
        site.close();
        host.close();
        Commands.run(Path.of("."), LIMIT, "umount", "-l", DIRECTORY.toString());
    }

    /** A workspace whose {@code logs} a shell script has filled. */
    private static Path node(String script) throws IOException {
        Path workspace = DIRECTORY.resolve("node-" + ++runs);
        Files.createDirectories(workspace.resolve("logs"));
        Commands.run(workspace.resolve("logs"), LIMIT, Map.of(), null, List.of("bash", "-c", script))
                .ok();
        return workspace;
    }

    private static Path publish(String destination, Path workspace) throws Exception {
        LogSite.Build build = site.begin(runs, destination);
        build.publish(workspace);
        build.finish();
        assertThat(build.settled().get(LIMIT.toSeconds(), TimeUnit.SECONDS).problem())
                .isNull();
        Path place = host.docroot().resolve(destination);
        try (Stream<Path> all = Files.walk(place)) {
            assertThat(all.filter(each -> !Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)
                            && !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)))
                    .as("neither a link nor anything else that is no file")
                    .isEmpty();
        }
        return place;
    }

    private static Document index(String destination) {
        return Jsoup.parse(host.fetch(destination + "/"));
    }

    private static String notes(String destination) {
        return index(destination).select(".notes").text();
    }

    private static List<String> names(Path logs) throws IOException {
        try (Stream<Path> all = Files.walk(logs)) {
            return all.filter(Files::isRegularFile)
                    .map(each -> logs.relativize(each).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    public void onlyPlainFilesOfTheTreeArePublishedAndTheRestIsListed() throws Exception {
        Path place = publish("h/links", node("""
                echo fine >fine.txt
                ln -s /etc/passwd passwd.txt
                ln -s ../../../.. up
                ln -s fine.txt inside.txt
                mkfifo pipe
                mknod null c 1 3
                python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
                mkdir -p deep/deeper && echo deep >deep/deeper/file
                """));
        assertThat(names(place.resolve("logs"))).containsExactly("deep/deeper/file", "fine.txt");
        assertThat(notes("h/links"))
                .contains("a symbolic link to /etc/passwd")
                .contains("a symbolic link to ../../../..")
                .contains("a named pipe: ./pipe")
                .contains("a device: ./null")
                .contains("socket");
        assertThat(host.status("h/links/logs/passwd.txt")).isEqualTo(404);
    }

    @Test
    public void theLogsLinkItselfIsFollowedAndNothingElse() throws Exception {
        Path workspace = node("cd ..; rmdir logs; mkdir elsewhere; echo x >elsewhere/x.txt; ln -s elsewhere logs;"
                + " ln -s /etc elsewhere/etc");
        assertThat(names(publish("h/toplink", workspace).resolve("logs"))).containsExactly("x.txt");
    }

    @Test
    public void namesAreMadeFitForAWebServerAndSaid() throws Exception {
        Path place = publish("h/names", node("""
                printf 1 >"$(printf 'two\\nlines')"
                printf 2 >"$(printf 'not-utf8-\\377\\376.txt')"
                printf 3 >.htaccess
                printf 4 >"$(printf 'x%.0s' $(seq 255))"
                printf 5 >'<img src=x onerror=alert(1)>'
                printf 6 >'back\\slash'
                printf 7 >"$(printf 'right-to-left-\\342\\200\\256gpj.exe')"
                printf 8 >'sp ace & "quote".txt'
                printf 9 >'..dots..'
                printf 10 >'-rf'
                mkdir 'dir?query#frag' && printf 11 >'dir?query#frag/%2e%2e'
                """));
        List<String> names = names(place.resolve("logs"));
        assertThat(names)
                .hasSize(11)
                .contains("two_lines", "_.htaccess", "x".repeat(255), "back_slash", "..dots..", "-rf")
                .contains("sp ace & \"quote\".txt", "dir?query#frag/%2e%2e")
                .noneMatch(name -> name.chars().anyMatch(Character::isISOControl));
        Document index = index("h/names");
        assertThat(index.select("img, script")).isEmpty();
        assertThat(index.select(".files li > a")).hasSize(11);
        for (String href : index.select(".files li > a").eachAttr("href")) {
            assertThat(host.fetch("h/names/" + href)).as(href).matches("[0-9]{1,2}");
        }
        assertThat(notes("h/names")).contains("published as two_lines");
    }

    @Test
    public void aHundredThousandEmptyFilesAreCutAtTheLimitAndSaidSo() throws Exception {
        Path place = publish(
                "h/many",
                node("for i in $(seq 100); do mkdir $i; (cd $i; seq -f 'empty-%g' 1000 | xargs touch); done"));
        assertThat(names(place.resolve("logs"))).hasSize(20_000);
        assertThat(notes("h/many")).contains("20000");
        assertThat(host.fetch("h/many/").length()).isLessThan(2_000_000);
    }

    @Test
    public void aFileBeyondTheLimitIsLeftOutWithoutReadingIt() throws Exception {
        Path place = publish("h/sparse", node("truncate -s 10G sparse.img; echo small >small.txt"));
        assertThat(names(place.resolve("logs"))).containsExactly("small.txt");
        assertThat(notes("h/sparse")).contains("longer than 1000000000 bytes: ./sparse.img");
    }

    @Test
    public void aFileThatGrowsIsPublishedAsItWasAndNothingAfterItIsSpoilt() throws Exception {
        Path workspace = node("head -c 20000000 /dev/zero >a-grows.bin; echo after >b-after.txt");
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            byte[] more = new byte[50_000];
            while (!over.get()) {
                try {
                    Files.write(workspace.resolve("logs/a-grows.bin"), more, StandardOpenOption.APPEND);
                } catch (IOException e) {
                    return;
                }
            }
        });
        writer.start();
        try {
            Path place = publish("h/grows", workspace);
            assertThat(names(place.resolve("logs"))).containsExactly("a-grows.bin", "b-after.txt");
            assertThat(place.resolve("logs/b-after.txt")).hasContent("after\n");
            assertThat(Files.size(place.resolve("logs/a-grows.bin"))).isGreaterThanOrEqualTo(20_000_000);
        } finally {
            over.set(true);
            writer.join();
        }
    }
}
