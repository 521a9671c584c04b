package io.jenkins.plugins.metapluginci.logs;

import hudson.Launcher;
import hudson.Proc;
import hudson.model.Node;
import hudson.model.TaskListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Runs a script on a node of Jenkins. The script goes to the standard input of {@code sh}: the core expands variables in
 * arguments. The node's own launcher is used with a silent listener, since the build's would print the command.
 */
final class LauncherShell implements NodeShell {
    private final Node node;

    LauncherShell(Node node) {
        this.node = node;
    }

    @Override
    public RunningScript start(String script, OutputStream output) throws IOException, InterruptedException {
        Launcher launcher = node.createLauncher(TaskListener.NULL);
        Proc process = launcher.launch()
                .cmds("sh")
                .stdin(new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)))
                .stdout(output)
                .start();
        return () -> process.join();
    }
}
