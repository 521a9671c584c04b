package io.jenkins.plugins.metapluginci.ssh;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.file.Path;

/** How an account is proved. Its {@code toString} never shows a secret. */
public sealed interface SshLogin {
    /**
     * A private key in a file on this machine.
     *
     * @param file OpenSSH or PEM format; read at each connect, so that a replaced key is taken
     * @param passphrase null when the key has none
     */
    record KeyFile(Path file, @CheckForNull String passphrase) implements SshLogin {
        @Override
        public String toString() {
            return "key file " + file;
        }
    }

    /** A password, also offered to a keyboard-interactive prompt that asks for one. */
    record Password(String password) implements SshLogin {
        @Override
        public String toString() {
            return "password";
        }
    }
}
