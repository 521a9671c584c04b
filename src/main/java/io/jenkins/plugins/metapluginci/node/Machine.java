package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.List;

/**
 * What the lifecycle can do to nodes; the Jenkins half implements it. Every method returns within a deadline of its own,
 * frozen connection or not, and is called from worker threads (or the thread of a build that starts or ends), never under
 * a lock that another node's work needs.
 */
public interface Machine {
    /** Who set the core's offline flag. */
    enum Offline {
        /** The flag is not set. */
        NONE,
        /** Set, and the cause shown is ours; whether the flag is, only the node's record knows. */
        OURS,
        /** Set, and the cause shown is a person's. */
        OTHER,
        /** Set, but the core has overwritten the cause with news of the connection (1.395 has one field for both). */
        UNKNOWN
    }

    /** The names of the controller's nodes, without the controller itself. */
    Collection<String> nodes();

    /** Whether the controller holds a connection to the node, answering or not. */
    boolean isConnected(String node);

    /**
     * The boot id of the node, asked through the connection that it has now.
     *
     * @throws MachineException when there is no connection, or no sensible answer within the deadline
     */
    String bootId(String node) throws MachineException, InterruptedException;

    /** The boot id of the controller's own host; null when it has none. */
    @CheckForNull
    String controllerBootId();

    /**
     * Starts the reboot command on the node, detached from the connection; how it ends is not known.
     *
     * @throws MachineException when it could not be handed over within the deadline
     */
    void reboot(String node, String command) throws MachineException, InterruptedException;

    /** Drops the connection. When it cannot be dropped within the deadline that is logged and the method returns. */
    void disconnect(String node, String reason) throws InterruptedException;

    /** Tries once to connect and returns when that succeeded or failed; nothing when connected or not ours to connect. */
    void connect(String node) throws InterruptedException;

    /** The names of what the node's executors are busy with other than the given build, for people. */
    List<String> others(String node, @CheckForNull BuildRef build);

    /** Aborts what the node's executors are busy with other than the given build; returns before that has ended. */
    void abortOthers(String node, @CheckForNull BuildRef build, String reason);

    /**
     * What a script printed, both streams in one.
     *
     * @param status of the script's end; 124 or 137 when it was ended for its time
     * @param text at most as much as was asked for
     */
    record Output(int status, String text) {}

    /**
     * Runs a script on the node, handed over on the standard input of {@code sh}, and waits for its end.
     *
     * @param deadline milliseconds; the script is ended on the node when it takes longer
     * @param most bytes of output that are kept, the first ones
     * @throws MachineException when it could not be run or did not end in time
     */
    Output run(String node, String script, long deadline, int most) throws MachineException, InterruptedException;

    /** Whether the node's sshd answers, cheaply; also true where nobody can tell. */
    boolean answers(String node) throws InterruptedException;

    /** Whether an executor of the node is busy with this build. */
    boolean isBuilding(String node, BuildRef build);

    Offline offline(String node);

    /** Sets the core's offline flag with a cause of ours, as far as it can be set. */
    void setOffline(String node, String reason);

    /** Clears the core's offline flag. */
    void clearOffline(String node);

    /** The phase of a node has changed: the queue should look again. */
    void changed();
}
