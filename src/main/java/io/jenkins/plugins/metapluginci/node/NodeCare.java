package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What others bring to a node that is connected: its checks, its preparation, the rescue of logs. Until they are installed
 * every node passes, none can be prepared, and nothing is rescued.
 *
 * <p>Threads: any.
 */
final class NodeCare implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(NodeCare.class.getName());

    private final BoundedCalls calls;
    private volatile NodeChecks checks = node -> new CheckReport(List.of());
    private volatile LogRescue rescue = (node, build) -> {};

    @CheckForNull
    private volatile NodePreparation preparation;

    NodeCare(ThreadFactory threads) {
        this.calls = new BoundedCalls(threads);
    }

    void install(NodeChecks checker) {
        checks = checker;
    }

    void install(NodePreparation preparer) {
        preparation = preparer;
    }

    void install(LogRescue rescuer) {
        rescue = rescuer;
    }

    /** @throws MachineException when the node could not be asked */
    CheckReport check(String node) throws MachineException, InterruptedException {
        try {
            return checks.run(node);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The checks of node " + node + " could not be made", e);
            return new CheckReport(List.of(new CheckResult("checks", false, "they could not be made: " + e)));
        }
    }

    /** @return what went wrong, for people; null when nothing did */
    @CheckForNull
    String prepare(String node, Consumer<String> progress) throws InterruptedException {
        NodePreparation preparer = preparation;
        if (preparer == null) {
            return "this installation prepares no nodes";
        }
        try {
            preparer.run(node, progress);
            return null;
        } catch (PreparationException e) {
            LOGGER.log(Level.FINE, "Node " + node + " could not be prepared", e);
            return e.getMessage();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Node " + node + " could not be prepared", e);
            return e.toString();
        }
    }

    /** Never fails and never takes longer: a node is not kept for the logs of a run that is over. @param limit milliseconds */
    void rescue(String node, BuildRef build, long limit) throws InterruptedException {
        try {
            calls.call(limit, () -> {
                rescue.rescue(node, build);
                return true;
            });
        } catch (TimeoutException e) {
            LOGGER.log(Level.WARNING, "The logs of {0} on node {1} were not fetched within {2} s", new Object[] {
                build, node, limit / 1000
            });
        } catch (ExecutionException e) {
            LOGGER.log(Level.WARNING, "The logs of " + build + " on node " + node + " could not be fetched", e);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
