package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** The log server takes files over SFTP and shows them over HTTP. */
public class LogHostIT {

    private static final Path DIRECTORY = Path.of("target/testbed/loghost-it");
    private static LogHost host;

    @BeforeClass
    public static void start() {
        host = new LogHost(DIRECTORY);
        host.start();
    }

    @AfterClass
    public static void stop() {
        host.close();
    }

    @Test
    public void whatIsUploadedIsReadOverHttp() throws Exception {
        Path file = DIRECTORY.resolve("console.txt");
        Files.writeString(file, "all went well\n");
        Commands.run(DIRECTORY, Duration.ofSeconds(20), "gzip", "-kf", "console.txt");

        sftp(host.userKeyFile(), host.hostKey(), """
                        mkdir /srv/12
                        put console.txt /srv/12/console.txt
                        put console.txt.gz /srv/12/packed.txt.gz
                        """).ok();

        assertThat(host.fetch("12/console.txt")).isEqualTo("all went well\n");
        assertThat(host.fetch("12/packed.txt.gz")).isEqualTo("all went well\n");
        assertThat(host.fetch("12/")).contains("console.txt");
        assertThat(host.status("13/")).isEqualTo(404);
        assertThat(host.docroot().resolve("12/console.txt")).hasContent("all went well");
    }

    @Test
    public void anotherKeyAndAnotherHostKeyAreRefused() {
        assertThat(sftp(host.wrongKeyFile(), host.hostKey(), "ls").output()).contains("Permission denied");
        assertThat(sftp(host.userKeyFile(), host.wrongHostKey(), "ls").output())
                .contains("Host key verification failed");
    }

    @Test
    public void eachDaemonStopsAndStartsAlone() {
        host.stopSshd();
        assertThat(sftp(host.userKeyFile(), host.hostKey(), "ls").status()).isNotZero();
        assertThat(host.status("")).isEqualTo(200);
        host.startSshd();
        sftp(host.userKeyFile(), host.hostKey(), "ls").ok();

        host.refuseWrites(true);
        assertThat(sftp(host.userKeyFile(), host.hostKey(), "mkdir /srv/refused")
                        .status())
                .isNotZero();
        host.refuseWrites(false);

        host.stopApache();
        sftp(host.userKeyFile(), host.hostKey(), "ls").ok();
        host.startApache();
        assertThat(host.status("")).isEqualTo(200);
    }

    @Test
    public void theUserIsNotAnAccountOfThisMachine() throws Exception {
        assertThat(Files.readString(Path.of("/etc/passwd"))).doesNotContain(LogHost.USER);
    }

    private static Commands.Result sftp(Path key, String hostKey, String batch) {
        try {
            Path known = DIRECTORY.toAbsolutePath().resolve("known_hosts");
            Files.writeString(known, "[127.0.0.1]:" + host.sshPort() + " " + hostKey + "\n");
            return Commands.run(
                    DIRECTORY,
                    Duration.ofSeconds(20),
                    Map.of(),
                    batch,
                    OpenSsh.command(
                            "sftp",
                            key,
                            known,
                            "-b",
                            "-",
                            "-P",
                            String.valueOf(host.sshPort()),
                            LogHost.USER + "@127.0.0.1"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
