package io.jenkins.plugins.metapluginci.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.util.Set;
import org.junit.Test;

public class HostKeysTest {
    /** Made with ssh-keygen, as is its fingerprint below. */
    private static final String ED25519 =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAoA16GnzNhWLN2gfDOXtlLbDDvMZiQ6Jqtp1Rd563Y7";

    private static boolean accepts(String text, String host, int port) throws Exception {
        byte[] key = java.util.Base64.getDecoder().decode(ED25519.split(" ")[1]);
        return HostKeyList.parse(text).accepts(host, port, key);
    }

    @Test
    public void aKeyAloneIsForEveryHost() throws Exception {
        assertThat(accepts(ED25519, "anything", 22)).isTrue();
        assertThat(accepts("# comment\r\n\r\n  " + ED25519 + " root@somewhere\r\n", "h", 29418))
                .isTrue();
    }

    @Test
    public void anEmptyTextIsWellFormedAndAcceptsNothing() throws Exception {
        assertThat(HostKeys.problem("\n# nothing\n")).isNull();
        assertThat(accepts("", "h", 22)).isFalse();
    }

    @Test
    public void knownHostsLinesAreForTheirHosts() throws Exception {
        String line = "review.example.org,192.0.2.1 " + ED25519;
        assertThat(accepts(line, "review.example.org", 22)).isTrue();
        assertThat(accepts(line, "REVIEW.example.org", 29418))
                .as("a name without a port")
                .isTrue();
        assertThat(accepts(line, "192.0.2.1", 22)).isTrue();
        assertThat(accepts(line, "other.example.org", 22)).isFalse();
    }

    @Test
    public void bracketedPortsMustMatch() throws Exception {
        String line = "[review.example.org]:29418 " + ED25519;
        assertThat(accepts(line, "review.example.org", 29418)).isTrue();
        assertThat(accepts(line, "review.example.org", 22)).isFalse();
    }

    @Test
    public void patternsAndNegations() throws Exception {
        String line = "*.example.org,!bad.example.org " + ED25519;
        assertThat(accepts(line, "review.example.org", 22)).isTrue();
        assertThat(accepts(line, "bad.example.org", 22)).isFalse();
        assertThat(accepts("review?example.org " + ED25519, "reviewXexample.org", 22))
                .isTrue();
    }

    @Test
    public void hashedNames() throws Exception {
        byte[] salt = new byte[20];
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA1");
        mac.init(new javax.crypto.spec.SecretKeySpec(salt, "HmacSHA1"));
        java.util.Base64.Encoder base64 = java.util.Base64.getEncoder();
        String line = "|1|" + base64.encodeToString(salt) + "|"
                + base64.encodeToString(mac.doFinal("[review.example.org]:29418".getBytes("UTF-8"))) + " " + ED25519;
        assertThat(accepts(line, "review.example.org", 29418)).isTrue();
        assertThat(accepts(line, "review.example.org", 22)).isFalse();
    }

    @Test
    public void problemsNameTheLineAndRepeatNothing() {
        assertThat(HostKeys.problem(ED25519 + "\nhello")).startsWith("Line 2 ").doesNotContain("hello");
        assertThat(HostKeys.problem("ssh-ed25519 AAAAC3NzaC1lZDI1")).contains("not whole");
        assertThat(HostKeys.problem("ssh-ed25519 ****")).contains("not whole");
        assertThat(HostKeys.problem("ssh-rsa " + ED25519.split(" ")[1])).contains("not whole");
        assertThat(HostKeys.problem("-----BEGIN OPENSSH PRIVATE KEY-----")).contains("public key");
        assertThat(HostKeys.problem("@cert-authority *.org " + ED25519)).contains("not supported");
        assertThat(HostKeys.problem("SHA256:abcdef")).contains("whole key");
        assertThat(HostKeys.problem(ED25519)).isNull();
    }

    @Test
    public void everyTypeThatHostsHaveIsRead() throws Exception {
        for (String type : new String[] {"ssh-rsa", "ecdsa", "ssh-ed25519"}) {
            KeyPair key = SshHost.generate(type);
            assertThat(HostKeys.problem(SshKeys.line(key.getPublic()))).isNull();
        }
    }

    @Test
    public void theConfiguredTypeIsAskedForFirst() throws Exception {
        Set<String> supported = Set.of(
                "ssh-ed25519",
                "ssh-ed25519-cert-v01@openssh.com",
                "ecdsa-sha2-nistp256",
                "rsa-sha2-512",
                "rsa-sha2-256");
        String rsa = SshKeys.line(SshHost.generate("ssh-rsa").getPublic());
        assertThat(HostKeyList.parse("h " + rsa).algorithms("h", 22, supported))
                .containsExactly("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256");
        assertThat(HostKeyList.parse("h " + rsa).algorithms("other", 22, supported))
                .startsWith("ssh-ed25519");
    }

    @Test
    public void fingerprintsAreThoseOfSshKeygen() throws Exception {
        byte[] key = java.util.Base64.getDecoder().decode(ED25519.split(" ")[1]);
        assertThat(SshKeys.fingerprint(key)).isEqualTo(FINGERPRINT);
    }

    private static final String FINGERPRINT = "SHA256:AQHA1essyi6GJ3CxLRDnbwHJIlaCTKirozcE6Fm7OOw";
}
