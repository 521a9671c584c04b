package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.job.gate.Hook;
import io.jenkins.plugins.metapluginci.job.gate.Texts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks the controller's own bash whether it can read a hook ({@code bash -n}, which runs nothing of it). Where there is no
 * bash, or one too old to know what nodes know, nothing is asked: each build asks the node's anyway.
 */
final class HookSyntax {
    private static final Logger LOGGER = Logger.getLogger(HookSyntax.class.getName());
    private static final String BASH = "/bin/bash";
    private static final long LIMIT_SECONDS = 5;
    private static final int MOST = 4096;

    /** Whether the bash here is of version 4 or later, found out when first asked for. */
    private static final class Here {
        private static final boolean USABLE =
                "0".equals(ask("exit $((BASH_VERSINFO[0] < 4))", "-s").status());
    }

    private record Answer(String status, String errors) {}

    private HookSyntax() {}

    /** @return what is wrong, for people; null when nothing is or nothing can be asked */
    @CheckForNull
    static String problem(Hook hook, String body) {
        if (body.isBlank() || !Here.USABLE) {
            return null;
        }
        // As the body of a function, too: a brace too many ends that.
        for (String text : new String[] {body, hook.function() + "() {\n:\n" + body + "\n}\n"}) {
            Answer answer = ask(text, "-n");
            if (!answer.status.isEmpty() && !answer.status.equals("0")) {
                return Texts.of("hook.syntax", hook.function(), firstLine(answer.errors));
            }
        }
        return null;
    }

    /** "bash: line 3: …" without the first word. */
    private static String firstLine(String errors) {
        String line = errors.lines().findFirst().orElse("").replaceFirst("^[^:]*: ", "");
        return line.length() > 300 ? line.substring(0, 300) : line;
    }

    /** @return a status of "" when bash could not be asked */
    private static Answer ask(String text, String option) {
        ProcessBuilder builder = new ProcessBuilder(BASH, "--norc", "--noprofile", option);
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        builder.redirectErrorStream(true);
        Process process = null;
        try {
            process = builder.start();
            Thread killer = killer(process);
            try (OutputStream out = process.getOutputStream()) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "bash did not read to the end", e);
            }
            String errors = new String(process.getInputStream().readNBytes(MOST), StandardCharsets.UTF_8);
            int status = process.waitFor();
            killer.interrupt();
            return status > 128 ? new Answer("", "") : new Answer(String.valueOf(status), errors);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "There is no bash on the controller", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
        return new Answer("", "");
    }

    private static Thread killer(Process process) {
        Thread killer = new Thread(
                () -> {
                    try {
                        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                            process.destroyForcibly();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "Hook syntax: deadline");
        killer.setDaemon(true);
        killer.start();
        return killer;
    }
}
