package io.jenkins.plugins.metapluginci.node;

import io.jenkins.plugins.metapluginci.testbed.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Runs scripts on a machine of the test bed from its console, with the commands that {@link RemoteShell} gives to agents. */
final class NodeScripts implements NodeShell {
    private final Node node;

    NodeScripts(Node node) {
        this.node = node;
    }

    @Override
    public int run(String name, String script, Input input, Consumer<String> lines, long deadline)
            throws MachineException, InterruptedException {
        try {
            Process process = node.start(
                    "sh", "-c", RemoteShell.RUN, RemoteShell.READER, Long.toString(deadline / 1000), "end-of-test");
            Exception[] failure = {null};
            Thread feeder = new Thread(() -> {
                try (OutputStream out = process.getOutputStream()) {
                    out.write((script + "\n" + RemoteShell.LAST + "\n").getBytes(StandardCharsets.UTF_8));
                    if (input != null) {
                        input.write(out);
                    }
                } catch (IOException | RuntimeException e) {
                    failure[0] = e;
                }
            });
            feeder.start();
            ScriptLines output = new ScriptLines("end-of-test", lines);
            try (InputStream in = process.getInputStream()) {
                in.transferTo(output);
            }
            process.waitFor();
            feeder.join();
            if (failure[0] != null && input != null) {
                throw new MachineException(failure[0].getMessage(), failure[0]);
            }
            return output.status(1_000);
        } catch (MachineException e) {
            throw e;
        } catch (IOException e) {
            throw new MachineException(e.getMessage(), e);
        }
    }
}
