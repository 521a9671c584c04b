package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.slaves.ComputerLauncher;
import hudson.slaves.DelegatingComputerLauncher;
import org.junit.Test;

/** What launchers tell of their node's address. */
public class LauncherAddressTest {
    /** Looks like the one of SSH Slaves, whatever its version. */
    public static class SshLauncher extends ComputerLauncher {
        private final String host;
        private final int port;

        SshLauncher(String host, int port) {
            this.host = host;
            this.port = port;
        }

        public String getHost() {
            return host;
        }

        public int getPort() {
            return port;
        }
    }

    /** Has the getters and speaks something else. */
    public static class OtherLauncher extends ComputerLauncher {
        public String getHost() {
            return "h";
        }

        public int getPort() {
            return 1;
        }
    }

    /** Tells nothing. */
    public static class SilentSshLauncher extends ComputerLauncher {}

    private static final class Around extends DelegatingComputerLauncher {
        Around(ComputerLauncher inner) {
            super(inner);
        }
    }

    @Test
    public void aLauncherOfSshTellsItsAddressAlsoThroughOthers() {
        LauncherAddress address = new LauncherAddress("node1", 2222);
        assertThat(LauncherAddress.of(new SshLauncher("node1", 2222))).isEqualTo(address);
        assertThat(LauncherAddress.of(new Around(new Around(new SshLauncher("node1", 2222)))))
                .isEqualTo(address);
    }

    @Test
    public void othersTellNone() {
        assertThat(LauncherAddress.of(null)).isNull();
        assertThat(LauncherAddress.of(new OtherLauncher())).isNull();
        assertThat(LauncherAddress.of(new SilentSshLauncher())).isNull();
        assertThat(LauncherAddress.of(new SshLauncher(" ", 22))).isNull();
        assertThat(LauncherAddress.of(new SshLauncher("h", 0))).isNull();
    }
}
