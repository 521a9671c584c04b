package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A real Gerrit in a process of its own: REST and git over HTTP, {@code stream-events}, {@code review}, {@code query} and
 * git over SSH. It has what {@link GerritSetup} puts there. Its web pages are not in Maven Central; {@code gerrit-app.js} shows
 * changes in their place.
 *
 * <p>A site takes long to make and little to copy: the first start on a machine keeps one as a template in
 * {@code gerrit-template/} beside the jars, later starts copy it. Thread-safe.
 */
public final class GerritServer implements AutoCloseable {

    /** The account that the plugin uses. */
    public static final String CI_USER = "metaplugin-ci";

    /** Uploads changes; has an HTTP password and an SSH key. */
    public static final Account DEVELOPER = new Account("developer", "developer-of-the-bed");

    /** Comments on changes of others. */
    public static final Account REVIEWER = new Account("reviewer", "reviewer-of-the-bed");

    private static final Duration READY = Duration.ofSeconds(90);

    private final Path parts;
    private final Path home;
    private final Path template;
    private final int httpPort;
    private final int sshPort;
    private final Map<String, GerritClient> clients = new ConcurrentHashMap<>();
    private volatile BedProcess process;

    /**
     * A server that is not started yet.
     *
     * @param parts directory with Gerrit's jars
     * @param testbed the test bed's directory; the site goes to {@code gerrit/}, made afresh
     */
    public GerritServer(Path parts, Path testbed) {
        this.parts = parts.toAbsolutePath();
        this.home = testbed.resolve("gerrit").toAbsolutePath();
        this.template = this.parts.resolveSibling("gerrit-template").resolve(setupDigest());
        this.httpPort = Ports.free();
        this.sshPort = Ports.free();
    }

    /** Starts it, on the site of the last start if there was one in this JVM; returns when it serves. */
    public synchronized void start() {
        if (process != null && process.isAlive()) {
            return;
        }
        boolean first = process == null;
        if (first) {
            Commands.deleteTree(home);
        }
        if (first && Files.exists(template)) {
            Commands.copyTree(template, home);
            run();
            return;
        }
        run();
        if (first) {
            new GerritSetup(url(), home).run();
            keepAsTemplate();
        }
    }

    /** Ends it the way an administrator does; the site stays. */
    public void stop() {
        BedProcess running = process;
        if (running != null) {
            running.close();
        }
    }

    /** Ends it without letting it say goodbye; the site stays. */
    public void kill9() {
        BedProcess running = process;
        if (running != null) {
            running.kill9();
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** The root URL, ending in a slash. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + httpPort + "/");
    }

    /** Where git fetches without logging in, the {@code ZUUL_URL} of a CI without a merger; no slash at its end. */
    public String gitUrl() {
        return "http://127.0.0.1:" + httpPort;
    }

    /** The host of both ports. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port of its SSH daemon, the same after a restart. */
    public int sshPort() {
        return sshPort;
    }

    /** The port of its HTTP daemon, the same after a restart. */
    public int httpPort() {
        return httpPort;
    }

    /** The ed25519 host key, {@code ssh-ed25519 AAAA…}. */
    public String hostKey() {
        try {
            String[] words = Files.readString(home.resolve("site/etc/ssh_host_ed25519_key.pub"))
                    .strip()
                    .split(" ");
            return words[0] + " " + words[1];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A well-formed host key that is not the server's. */
    public String wrongHostKey() {
        String[] words =
                Commands.keyPair(home.resolve("keys/wrong_host"), "ed25519").split(" ");
        return words[0] + " " + words[1];
    }

    /** The private key (ed25519, OpenSSH format, no passphrase) of {@link #CI_USER}. */
    public Path ciKeyFile() {
        return home.resolve("keys").resolve(CI_USER);
    }

    /** A private key that no account has. */
    public Path wrongKeyFile() {
        Path file = home.resolve("keys/wrong");
        Commands.keyPair(file, "ed25519");
        return file;
    }

    /** The private key of the developer. */
    public Path developerKeyFile() {
        return home.resolve("keys").resolve(DEVELOPER.name());
    }

    /** The developer, who uploads changes. */
    public GerritClient developer() {
        return client(DEVELOPER);
    }

    /** Somebody else, who comments. */
    public GerritClient reviewer() {
        return client(REVIEWER);
    }

    /** The administrator, who may do everything. */
    public GerritClient admin() {
        return client(Account.ADMIN);
    }

    /** Its console log. */
    public Path logFile() {
        return home.resolve("gerrit.log");
    }

    private GerritClient client(Account account) {
        return clients.computeIfAbsent(
                account.name(),
                name -> new GerritClient(url(), account, home.resolve("clients").resolve(name)));
    }

    private void run() {
        try {
            writeSite();
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        GerritClient anonymous = new GerritClient(url(), null, home.resolve("clients/anonymous"));
        BedProcess started = process;
        Await.until("Gerrit serves", READY, started::tail, () -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("Gerrit ended");
            }
            return anonymous.get("config/server/version") != null;
        });
    }

    private void writeSite() throws IOException {
        Path site = home.resolve("site");
        Path script = site.resolve("static/elements/gr-app.js");
        Files.createDirectories(site.resolve("etc"));
        Files.createDirectories(script.getParent());
        Files.writeString(site.resolve("etc/gerrit.config"), config());
        try (var source = GerritServer.class.getResourceAsStream("gerrit-app.js")) {
            Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private BedProcess launch() throws IOException {
        String jars;
        try (var files = Files.list(parts)) {
            jars = files.map(Path::toString)
                    .filter(file -> file.endsWith(".jar"))
                    .sorted()
                    .collect(Collectors.joining(":"));
        }
        String classes = GerritMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        // One compiler only: half the CPU time of a start goes to the second one, which pays off after minutes.
        return BedProcess.start(
                "gerrit",
                logFile(),
                home,
                Map.of("HOME", home.toString()),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        jars + ":" + classes,
                        GerritMain.class.getName(),
                        home.resolve("site").toString()));
    }

    private String config() {
        String root = url().toString();
        return """
                [gerrit]
                  basePath = git
                  canonicalWebUrl = %s
                  cdnPath = %sstatic
                  # Changes know the server that they were made on; the file is written anew for each start.
                  serverId = 6e2f4b0a-0000-4000-8000-746573746264
                [index]
                  type = lucene
                [index "accounts"]
                  commitWithin = 0
                [index "groups"]
                  commitWithin = 0
                [index "projects"]
                  commitWithin = 0
                [index "changes_open"]
                  commitWithin = 0
                [index "changes_closed"]
                  commitWithin = 0
                [auth]
                  type = DEVELOPMENT_BECOME_ANY_ACCOUNT
                  gitBasicAuthPolicy = HTTP
                [sendemail]
                  enable = false
                [sshd]
                  listenAddress = 127.0.0.1:%d
                  advertisedAddress = 127.0.0.1:%d
                  threads = 8
                [httpd]
                  listenUrl = %s
                  maxThreads = 20
                [change]
                  # Room for the comments with which tests try what a pattern makes of a long line.
                  commentSizeLimit = 200k
                  cumulativeCommentSizeLimit = 2m
                [receive]
                  enableSignedPush = false
                [cache]
                  directory = cache
                """.formatted(root, root, sshPort, sshPort, root);
    }

    private void keepAsTemplate() {
        // Every index write is committed at once (commitWithin above), so a copy of the running site is whole.
        Path fresh = template.resolveSibling(
                template.getFileName() + "." + ProcessHandle.current().pid());
        Commands.deleteTree(fresh);
        for (String part : List.of("site/git", "site/index", "site/etc", "site/data", "site/lib", "keys")) {
            Commands.copyTree(home.resolve(part), fresh.resolve(part));
        }
        try {
            if (Files.notExists(template)) {
                Files.move(fresh, template);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names the template: another setup or another Gerrit is another template. */
    private String setupDigest() {
        try (var jars = Files.list(parts);
                var setup = GerritSetup.class.getResourceAsStream("GerritSetup.class")) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(setup.readAllBytes());
            for (String jar :
                    jars.map(p -> String.valueOf(p.getFileName())).sorted().toList()) {
                digest.update(jar.getBytes());
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (IOException e) {
            throw new UncheckedIOException("no Gerrit in " + parts, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
