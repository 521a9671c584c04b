package io.jenkins.plugins.metapluginci.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ChecksTest {
    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void hosts() {
        for (String right : new String[] {"", "review.example.org", "localhost", "10.0.0.1", "::1", "[fe80::1]"}) {
            assertThat(Checks.host(right)).as(right).isNull();
        }
        for (String wrong : new String[] {"a b", "https://host", "host:22", "user@host", "-oProxyCommand=x y", "a/b"}) {
            assertThat(Checks.host(wrong)).as(wrong).isNotNull();
        }
    }

    @Test
    public void ports() {
        assertThat(Checks.port("1")).isNull();
        assertThat(Checks.port("65535")).isNull();
        for (String wrong : new String[] {"", "0", "65536", "-1", "ssh", "22 ", "99999999999"}) {
            assertThat(Checks.port(wrong)).as(wrong).isNotNull();
        }
    }

    @Test
    public void usersAndFiles() {
        assertThat(Checks.user("metaplugin-ci")).isNull();
        assertThat(Checks.user("a b")).isNotNull();
        assertThat(Checks.user("a:b")).isNotNull();
        assertThat(Checks.keyFile("/var/lib/jenkins/key")).isNull();
        assertThat(Checks.keyFile("key")).isNotNull();
        assertThat(Checks.keyFile("/a\0b")).isNotNull();
        assertThat(Checks.directory("/srv/logs")).isNull();
        assertThat(Checks.directory("logs")).isNull();
        assertThat(Checks.directory("/srv/../etc")).isNotNull();
        assertThat(Checks.directory("/srv\nlogs")).isNotNull();
    }

    @Test
    public void keyFilesOfOthersAreWarnedOf() throws IOException {
        Path key = folder.newFile("key").toPath();
        for (String open : new String[] {"rw-r-----", "rw----r--", "rw-r--r--"}) {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(open));
            assertThat(Checks.keyFileOpen(key.toString())).contains(open).contains("0600");
        }
        for (String closed : new String[] {"rw-------", "r--------"}) {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(closed));
            assertThat(Checks.keyFileOpen(key.toString())).as(closed).isNull();
        }
        assertThat(Checks.keyFileOpen("")).isNull();
        assertThat(Checks.keyFileOpen("/nonexistent/key")).isNull();
    }

    @Test
    public void everyFieldHasALabel() {
        for (String field : FormProblem.FIELDS) {
            String label = FormProblem.of(field, "x").getLabel();
            if (field.equals("layout")) {
                assertThat(label).as("its section has the same name").isEqualTo("Layout");
            } else {
                assertThat(label).as(field).contains(": ");
            }
        }
    }

    @Test
    public void urls() {
        assertThat(Checks.url("", "http")).isNull();
        assertThat(Checks.url("http://logs.example.org/ci", "http", "https")).isNull();
        assertThat(Checks.url("HTTPS://logs.example.org", "http", "https")).isNull();
        assertThat(Checks.url("ssh://ci@host:29418/p", "ssh")).isNull();
        for (String wrong : new String[] {
            "logs.example.org",
            "ftp://h/",
            "http://",
            "http://h/?q",
            "http://h/#f",
            "javascript:alert(1)",
            "http://a b/"
        }) {
            assertThat(Checks.url(wrong, "http", "https")).as(wrong).isNotNull();
        }
        assertThat(Checks.url("https://user:canary@host/", "https")).isNotNull().doesNotContain("canary");
    }

    @Test
    public void namesNumbersAndFooters() {
        assertThat(Checks.connection("gerrit")).isNull();
        assertThat(Checks.connection("a b")).isNotNull();
        assertThat(Checks.connection("")).isNotNull();
        assertThat(Checks.catchUpHours("0")).isNull();
        assertThat(Checks.catchUpHours("24")).isNull();
        for (String wrong : new String[] {"-1", "a day", "", "100000"}) {
            assertThat(Checks.catchUpHours(wrong)).as(wrong).isNotNull();
        }
        assertThat(Checks.gitPerson("Third-Party CI")).isNull();
        for (String wrong : new String[] {"", "a <b>", "a\nb"}) {
            assertThat(Checks.gitPerson(wrong)).as(wrong).isNotNull();
        }
        assertThat(Checks.urlPattern("")).isNull();
        assertThat(Checks.urlPattern("http://logs/{build.parameters[LOG_PATH]}"))
                .isNull();
        for (String wrong : new String[] {"http://logs/{", "http://logs/{}", "http://a b/"}) {
            assertThat(Checks.urlPattern(wrong)).as(wrong).isNotNull();
        }
        assertThat(Checks.footer("Contact: ci@example.org\nand more")).isNull();
        assertThat(Checks.footer("x".repeat(1001))).isNotNull();
        assertThat(Checks.footer("a\u001b[31m")).isNotNull();
    }
}
