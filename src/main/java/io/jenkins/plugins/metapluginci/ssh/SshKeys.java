package io.jenkins.plugins.metapluginci.ssh;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import javax.security.auth.login.FailedLoginException;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Reads private keys and writes public ones for people. */
final class SshKeys {
    private static final long MAX_FILE_BYTES = 64 * 1024;

    private SshKeys() {}

    /** {@code ssh-ed25519 AAAA…}: the line of a {@code .pub} or authorized_keys file, without a comment. */
    static String line(PublicKey key) {
        return PublicKeyEntry.toString(key);
    }

    /** The key in the encoding of RFC 4253, section 6.6. */
    static byte[] encode(PublicKey key) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(key);
        return buffer.getCompactData();
    }

    /** {@code SHA256:…}, as ssh-keygen prints it. */
    static String fingerprint(byte[] encodedKey) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(encodedKey);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Reads the key pair of a log-in.
     *
     * @throws SshException AUTHENTICATION, with the file's name and what to do; never with its content
     */
    static KeyPair load(SshLogin.KeyFile login) throws SshException {
        Path file = login.file();
        byte[] content = read(file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (!text.contains("PRIVATE KEY")) {
            String hint = text.startsWith("ssh-") || text.startsWith("ecdsa-")
                    ? "it holds a public key: name the private one, whose file has no .pub at its end."
                    : "it holds no private key in OpenSSH or PEM format.";
            throw refused(file, hint, null);
        }
        String passphrase = login.passphrase();
        boolean hasPassphrase = passphrase != null && !passphrase.isEmpty();
        FilePasswordProvider passwords =
                hasPassphrase ? FilePasswordProvider.of(passphrase) : FilePasswordProvider.EMPTY;
        try {
            Iterable<KeyPair> pairs = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), new ByteArrayInputStream(content), passwords);
            if (pairs != null) {
                for (KeyPair pair : pairs) {
                    return pair;
                }
            }
            throw refused(file, "no key could be read from it.", null);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof SshException own) {
                throw own;
            }
            throw refused(file, whyUnreadable(e, text, hasPassphrase), e);
        }
    }

    private static String whyUnreadable(Exception e, String text, boolean hasPassphrase) {
        if (hasPassphrase) {
            return "the passphrase does not open it, or it is damaged.";
        }
        if (e instanceof FailedLoginException || text.contains("ENCRYPTED")) {
            return "it is protected by a passphrase, and none is configured. Configure it, or use a key without one"
                    + " (ssh-keygen -p removes it).";
        }
        return "it is damaged or of a kind that is not supported ("
                + e.getClass().getSimpleName() + "). Make a new one with ssh-keygen -t ed25519.";
    }

    private static byte[] read(Path file) throws SshException {
        if (!Files.exists(file)) {
            throw refused(file, "there is no such file on the controller.", null);
        }
        if (!Files.isRegularFile(file)) {
            throw refused(file, "it is not a regular file.", null);
        }
        if (!Files.isReadable(file)) {
            throw refused(
                    file,
                    "the account that runs the controller (" + System.getProperty("user.name") + ") may not read it.",
                    null);
        }
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw refused(file, "it is too large for a key.", null);
            }
            return Files.readAllBytes(file);
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            throw refused(file, "it could not be read: " + e.getMessage(), e);
        }
    }

    private static SshException refused(Path file, String why, Exception cause) {
        return new SshException(
                SshException.Kind.AUTHENTICATION, "Cannot use the key file " + file + ": " + why, cause);
    }
}
