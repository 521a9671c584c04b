package io.jenkins.plugins.metapluginci.testbed;

import io.jenkins.plugins.metapluginci.logs.LogServerSetup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A log server: OpenSSH for the upload (SFTP alone), Apache httpd for reading, one document root.
 *
 * <p>Both run in mount and process namespaces of their own. There the user {@value #USER} exists, who has no account on this
 * machine, and the document root is at {@value #ROOT}; nothing of that is seen outside, and a killed daemon takes its
 * children with it. Needs root. Thread-safe.
 */
public final class LogHost implements AutoCloseable {

    /** Who uploads. */
    public static final String USER = "metalogs";

    /** An account with a shell, SFTP and scp, like {@link #USER} in all else. */
    public static final String SHELL_USER = "metalogs-shell";

    /** The same, which prints at each log-in, so that SFTP and scp do not work. */
    public static final String NOISY_USER = "metalogs-noisy";

    /** With a shell and scp, but without tar, SFTP and digests. */
    public static final String BARE_USER = "metalogs-bare";

    /** With scp and nothing else. */
    public static final String SCP_USER = "metalogs-scp";

    /** With a forced command that reads for ever and answers nothing. */
    public static final String SILENT_USER = "metalogs-silent";

    private static final List<String> OTHERS = List.of(SHELL_USER, NOISY_USER, BARE_USER, SCP_USER, SILENT_USER);

    /** The document root as the server itself sees it: the plugin's "root directory". */
    public static final String ROOT = "/srv";

    /** Of {@link #USER}; known to the test bed alone. */
    public static final String PASSWORD = "metalogs-of-the-bed";

    private static final int USER_ID = 64321;
    private static final Duration READY = Duration.ofSeconds(20);

    private final Path home;
    private final int sshPort = Ports.free();
    private final int httpPort = Ports.free();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private BedProcess sshd;
    private BedProcess apache;

    /** @param testbed the test bed's directory; everything goes to {@code loghost/}, made afresh */
    public LogHost(Path testbed) {
        home = testbed.resolve("loghost").toAbsolutePath();
        Commands.deleteTree(home);
        try {
            Files.createDirectories(docroot());
            Files.createDirectories(home.resolve("log"));
            Files.setAttribute(docroot(), "unix:uid", USER_ID);
            keys();
            accounts();
            forcedCommands();
            Files.writeString(home.resolve("sshd_config"), sshdConfig());
            Files.writeString(home.resolve("apache.conf"), apacheConfig());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts both daemons; returns when they serve. */
    public void start() {
        startApache();
        startSshd();
    }

    /** Starts the upload; returns when it serves. */
    public synchronized void startSshd() {
        if (sshd == null || !sshd.isAlive()) {
            sshd = daemon(
                    "sshd",
                    "mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -e -f '" + home.resolve("sshd_config") + "'");
            ready(sshd, sshPort);
        }
    }

    /** Ends the upload: its port refuses, running uploads break. */
    public synchronized void stopSshd() {
        if (sshd != null) {
            sshd.kill9();
        }
    }

    /** Starts the reading; returns when it serves. */
    public synchronized void startApache() {
        if (apache == null || !apache.isAlive()) {
            apache = daemon("apache", "exec /usr/sbin/apache2 -DFOREGROUND -f '" + home.resolve("apache.conf") + "'");
            ready(apache, httpPort);
        }
    }

    /** Ends the reading: its port refuses. */
    public synchronized void stopApache() {
        if (apache != null) {
            apache.kill9();
        }
    }

    @Override
    public void close() {
        stopSshd();
        stopApache();
    }

    /** The host of both ports. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port of the upload, the same after a restart. */
    public int sshPort() {
        return sshPort;
    }

    /** Where {@link #ROOT} is read, ending in a slash. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + httpPort + "/");
    }

    /** The document root on this machine. */
    public Path docroot() {
        return home.resolve("docroot");
    }

    /** The ed25519 host key, {@code ssh-ed25519 AAAA…}. */
    public String hostKey() {
        return publicKey(home.resolve("keys/host_ed25519"), "ed25519");
    }

    /** A well-formed host key that is not the server's. */
    public String wrongHostKey() {
        return publicKey(home.resolve("keys/wrong_host"), "ed25519");
    }

    /** The private key (ed25519, OpenSSH format, no passphrase) of {@link #USER}. */
    public Path userKeyFile() {
        return home.resolve("keys/user");
    }

    /** A private key that the server does not know. */
    public Path wrongKeyFile() {
        return home.resolve("keys/wrong");
    }

    /** Makes the document root refuse uploads, or take them again. */
    public void refuseWrites(boolean refuse) {
        try {
            Files.setPosixFilePermissions(
                    docroot(), PosixFilePermissions.fromString(refuse ? "r-xr-xr-x" : "rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads over HTTP what is below the document root.
     *
     * @param path relative to {@link #baseUrl()}, or a whole URL
     * @return the text, unpacked when the server sends it compressed
     * @throws AssertionError when the status is not 200
     */
    public String fetch(String path) {
        URI uri = baseUrl().resolve(path);
        HttpResponse<byte[]> response = send(uri);
        if (response.statusCode() != HttpURLConnection.HTTP_OK) {
            throw new AssertionError(uri + " answered " + response.statusCode());
        }
        boolean packed =
                response.headers().firstValue("Content-Encoding").orElse("").contains("gzip");
        try (GZIPInputStream in = packed ? new GZIPInputStream(new ByteArrayInputStream(response.body())) : null) {
            return new String(in == null ? response.body() : in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The HTTP status of a path. */
    public int status(String path) {
        return send(baseUrl().resolve(path)).statusCode();
    }

    /** The sshd's log of all its starts. */
    public Path sshdLog() {
        return home.resolve("log/sshd.log");
    }

    private HttpResponse<byte[]> send(URI uri) {
        try {
            return http.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(uri + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A daemon in namespaces of its own: see the class. */
    private BedProcess daemon(String name, String command) {
        String inside = String.join(
                " && ",
                "mount -t tmpfs none /run",
                "mount --bind '" + home.resolve("etc/passwd") + "' /etc/passwd",
                "mount --bind '" + home.resolve("etc/group") + "' /etc/group",
                "mount --bind '" + home.resolve("etc/shadow") + "' /etc/shadow",
                "mount --bind '" + docroot() + "' " + ROOT,
                command);
        List<String> line = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL"));
        line.addAll(List.of("bash", "-c", inside));
        return BedProcess.start(name, home.resolve("log/" + name + ".log"), Map.of(), line);
    }

    private void ready(BedProcess process, int port) {
        Await.until(process + " serves", READY, process::tail, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(process + " ended");
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(Ports.loopback(), port), 1000);
                return true;
            }
        });
    }

    private void keys() throws IOException {
        for (String name : List.of("host_ed25519", "user", "wrong", "wrong_host")) {
            publicKey(home.resolve("keys").resolve(name), "ed25519");
        }
        publicKey(home.resolve("keys/host_rsa"), "rsa");
        Files.writeString(home.resolve("authorized_keys"), publicKey(userKeyFile(), "ed25519") + "\n");
    }

    private static String publicKey(Path file, String type) {
        String[] words = Commands.keyPair(file, type).split(" ");
        return words[0] + " " + words[1];
    }

    /** This machine's accounts, and ours. */
    private void accounts() throws IOException {
        Path etc = Files.createDirectories(home.resolve("etc"));
        String hash = Commands.run(etc, READY, "openssl", "passwd", "-6", PASSWORD);
        String id = String.valueOf(USER_ID);
        StringBuilder passwd = new StringBuilder(USER + ":x:" + id + ":" + id + "::" + ROOT + ":/usr/sbin/nologin\n");
        StringBuilder shadow = new StringBuilder(USER + ":" + hash + ":19000:0:99999:7:::\n");
        for (String other : OTHERS) {
            // the same files are theirs
            passwd.append(other + ":x:" + id + ":" + id + "::" + homeOf(other) + ":/bin/bash\n");
            shadow.append(other + ":" + hash + ":19000:0:99999:7:::\n");
        }
        Map<String, String> lines =
                Map.of("passwd", passwd.toString(), "group", USER + ":x:" + id + ":\n", "shadow", shadow.toString());
        for (Map.Entry<String, String> line : lines.entrySet()) {
            Path file = etc.resolve(line.getKey());
            Files.writeString(file, "");
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(line.getKey().equals("shadow") ? "rw-------" : "rw-r--r--"));
            String own = Files.readString(Path.of("/etc", line.getKey()));
            Files.writeString(file, own + (own.endsWith("\n") ? "" : "\n") + line.getValue());
        }
    }

    private Path homeOf(String user) {
        return home.resolve("homes").resolve(user);
    }

    private void forcedCommands() throws IOException {
        for (String other : OTHERS) {
            Files.createDirectories(homeOf(other));
        }
        Files.writeString(homeOf(NOISY_USER).resolve(".bashrc"), "echo 'Welcome to the log server!'\necho; date\n");
        Path bin = Files.createDirectories(home.resolve("bare-bin"));
        for (String tool : List.of("sh", "cat", "mkdir", "mv", "rm", "find", "stat", "wc", "dd", "head", "scp")) {
            Path there = Path.of("/bin", tool);
            Files.createSymbolicLink(bin.resolve(tool), Files.exists(there) ? there : Path.of("/usr/bin", tool));
        }
        script(
                "bare",
                "case \"$SSH_ORIGINAL_COMMAND\" in *sftp*) exit 1 ;; esac\n" + "PATH='" + bin
                        + "'; export PATH; exec sh -c \"$SSH_ORIGINAL_COMMAND\"\n");
        script(
                "scp",
                "case \"$SSH_ORIGINAL_COMMAND\" in scp\\ *) exec sh -c \"$SSH_ORIGINAL_COMMAND\" ;; esac\n"
                        + "echo 'Only scp is allowed here.'; exit 1\n");
        script("silent", "exec sleep 1000\n");
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(home.resolve(name + ".sh"), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String sshdConfig() {
        return """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                HostKey %s
                PidFile none
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                UseDNS no
                PasswordAuthentication yes
                KbdInteractiveAuthentication no
                PermitRootLogin no
                AllowUsers %s
                Subsystem sftp %s
                AllowTcpForwarding no
                X11Forwarding no
                PermitTTY no
                MaxStartups 100
                LogLevel VERBOSE
                Match User %s
                  ForceCommand internal-sftp
                Match User %s
                  ForceCommand %s
                Match User %s
                  ForceCommand %s
                Match User %s
                  ForceCommand %s
                """.formatted(
                        sshPort,
                        home.resolve("keys/host_ed25519"),
                        home.resolve("keys/host_rsa"),
                        home.resolve("authorized_keys"),
                        USER + " " + String.join(" ", OTHERS),
                        // of its own, started by the account's shell: what that prints comes before it
                        "/usr/lib/openssh/sftp-server",
                        USER,
                        BARE_USER,
                        home.resolve("bare.sh"),
                        SCP_USER,
                        home.resolve("scp.sh"),
                        SILENT_USER,
                        home.resolve("silent.sh"));
    }

    private String apacheConfig() {
        return """
                ServerRoot %1$s
                ServerName 127.0.0.1
                Listen 127.0.0.1:%2$d
                PidFile /run/apache.pid
                DefaultRuntimeDir /run
                Mutex file:/run
                User www-data
                Group www-data
                LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
                LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
                LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
                ErrorLog /dev/stderr
                LogFormat "%%t %%>s %%r" bed
                CustomLog %1$s/log/access.log bed
                StartServers 1
                ThreadsPerChild 16
                MaxRequestWorkers 64
                LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
                TypesConfig /dev/null
                """.formatted(home, httpPort)
                + LogServerSetup.apacheSite(ROOT, "127.0.0.1", "127.0.0.1:" + httpPort, "/");
    }
}
