package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.slaves.ComputerLauncher;
import hudson.slaves.DelegatingComputerLauncher;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Where a launcher finds its node's sshd, as far as it tells: every version of SSH Slaves has public getters for host and
 * port, and none of them can be named here.
 *
 * @param host name or address
 * @param port TCP port
 */
record LauncherAddress(String host, int port) {
    private static final Logger LOGGER = Logger.getLogger(LauncherAddress.class.getName());
    /** Launchers around launchers. */
    private static final int DEEPEST = 5;

    /** Null where the launcher is none of SSH or does not tell. */
    @CheckForNull
    static LauncherAddress of(@CheckForNull ComputerLauncher launcher) {
        ComputerLauncher inner = launcher;
        for (int depth = 0; depth < DEEPEST && inner instanceof DelegatingComputerLauncher outer; depth++) {
            inner = outer.getLauncher();
        }
        if (inner == null
                || !inner.getClass().getName().toLowerCase(Locale.ROOT).contains("ssh")) {
            return null;
        }
        Object host = get(inner, "getHost");
        Object port = get(inner, "getPort");
        boolean known = host instanceof String name && !name.isBlank() && port instanceof Integer number && number > 0;
        return known ? new LauncherAddress((String) host, (Integer) port) : null;
    }

    @CheckForNull
    private static Object get(ComputerLauncher launcher, String getter) {
        try {
            return launcher.getClass().getMethod(getter).invoke(launcher);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException | RuntimeException e) {
            LOGGER.log(Level.FINE, launcher.getClass() + " does not tell " + getter, e);
            return null;
        }
    }
}
