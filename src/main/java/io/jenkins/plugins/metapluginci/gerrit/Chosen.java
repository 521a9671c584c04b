package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Settings as they were when somebody chose them, with what the key file held then: the settings name only its path, behind
 * which the key may be replaced. Immutable.
 *
 * @param key digest of the key file, never shown; empty for a login without one, null when it could not be read
 */
record Chosen(GerritSettings settings, @CheckForNull String key) {
    /** Larger files are no keys, and are not read whole. */
    private static final int LONGEST_KEY = 1 << 20;

    /** Reads the key file. */
    static Chosen now(GerritSettings settings) {
        return new Chosen(settings, settings.target().login() instanceof SshLogin.KeyFile key ? digest(key) : "");
    }

    /** Whether a connection that the others opened is the one that these would open. */
    boolean opensTheSameAs(@CheckForNull Chosen other) {
        return other != null && key != null && key.equals(other.key) && settings.equals(other.settings);
    }

    @CheckForNull
    private static String digest(SshLogin.KeyFile key) {
        try (InputStream file = Files.newInputStream(key.file())) {
            byte[] read = file.readNBytes(LONGEST_KEY);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(read));
        } catch (IOException | SecurityException e) {
            return null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
