package io.jenkins.plugins.metapluginci.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The main class of the Gerrit process: Gerrit's own {@code Init} when the site is not there yet, then its {@code Daemon}.
 * They have no static main, and no jar of Gerrit is on the tests' class path, hence reflection. Uses the JDK alone.
 */
public final class GerritMain {

    private GerritMain() {}

    /** @param args the site's directory; its {@code etc/gerrit.config} is already there */
    public static void main(String[] args) throws ReflectiveOperationException {
        String site = args[0];
        if (Files.notExists(Path.of(site, "git", "All-Projects.git"))) {
            int status = run(
                    "Init",
                    "-d",
                    site,
                    "--batch",
                    "--no-auto-start",
                    "--dev",
                    "--skip-plugins",
                    "--skip-all-downloads");
            if (status != 0) {
                System.exit(status);
            }
        }
        System.exit(run("Daemon", "-d", site, "--console-log"));
    }

    private static int run(String program, String... arguments) throws ReflectiveOperationException {
        System.err.println(program + " " + List.copyOf(Arrays.asList(arguments)));
        Object instance = Class.forName("com.google.gerrit.pgm." + program)
                .getDeclaredConstructor()
                .newInstance();
        return (Integer) instance.getClass().getMethod("main", String[].class).invoke(instance, (Object) arguments);
    }
}
