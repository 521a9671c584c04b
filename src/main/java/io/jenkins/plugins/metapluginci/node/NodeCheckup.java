package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Checks nodes with one shell script, {@code check-node.sh}, which changes nothing on them. Thread-safe. */
final class NodeCheckup implements NodeChecks {
    /** Where devstack-gate installs and mounts. */
    private static final String STACK = "/opt/stack";

    /** Milliseconds: what the script waits for at most, and some. */
    private static final long DEADLINE = 90_000;
    /** Bytes: each of its lines is bounded, so an honest answer is far shorter. */
    private static final int MOST = 16_384;

    private final Machine machine;
    private final Supplier<CheckSettings> settings;
    private final Function<String, String> roots;
    private final LongSupplier clock;

    /**
     * @param settings what is checked now
     * @param roots gives the agent's directory of a node
     * @param clock the controller's, milliseconds since 1970
     */
    NodeCheckup(Machine machine, Supplier<CheckSettings> settings, Function<String, String> roots, LongSupplier clock) {
        this.machine = machine;
        this.settings = settings;
        this.roots = roots;
        this.clock = clock;
    }

    @Override
    public CheckReport run(String node) throws MachineException, InterruptedException {
        CheckSettings wanted = settings.get();
        String root = roots.apply(node);
        long before = clock.getAsLong();
        Machine.Output output = machine.run(node, script(wanted, root), DEADLINE, MOST);
        long after = clock.getAsLong();
        CheckAnswer answer = CheckAnswer.of(output.text());
        if (answer.isCut()) {
            throw new MachineException(
                    "its answer to the checks is not whole (status " + output.status() + "): " + answer.firstStrange());
        }
        return new CheckVerdict(wanted, root, answer).report(before, after);
    }

    /** The script with its settings. */
    static String script(CheckSettings wanted, String root) {
        return "root=" + quoted(root) + "\ngate=" + quoted(wanted.gateDirectory()) + "\nstack=" + STACK + "\n"
                + resource("check-node.sh");
    }

    /** A word for sh. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** A script of this room. */
    static String resource(String name) {
        try (InputStream in = NodeCheckup.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
