package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Why logs are missing, in words that are fit for a public comment: no host, no account, no path. */
enum LogProblem {
    NOT_CONFIGURED("no log server is configured"),
    DESTINATION("the directory for them is not a valid one"),
    UNREACHABLE("the log server cannot be reached"),
    HOST_KEY("the log server's host key is not the configured one"),
    AUTHENTICATION("the log server refused the login"),
    SERVER_TIMEOUT("the log server did not answer in time"),
    SERVER_BROKEN("the connection to the log server was cut"),
    SERVER_REFUSED("the log server refused a file; its disk may be full"),
    NODE_GONE("the node went away while its logs were read"),
    NODE_DEADLINE("reading the logs on the node took too long"),
    NODE_FAILED("the logs could not be read on the node"),
    INCOMPLETE("the logs arrived incomplete from the node"),
    CONSOLE("the console of the build could not be read"),
    INTERNAL("publishing them failed on the controller"),
    CUT("the controller of this CI stopped before they were read"),
    LATE("they are still on their way to the log server"),
    NO_ROOM("there was no room to keep them until the log server was back"),
    GIVEN_UP("an administrator of this CI gave them up");

    private final String words;

    LogProblem(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** Whether it is the node, or what it sent, that keeps logs from being whole. */
    boolean isOfNode() {
        return switch (this) {
            case NODE_GONE, NODE_DEADLINE, NODE_FAILED, INCOMPLETE -> true;
            default -> false;
        };
    }

    /** The problem that a failed request to the log server is. */
    static LogProblem ofServer(IOException failure) {
        if (failure instanceof SshException ssh) {
            return switch (ssh.kind()) {
                case UNREACHABLE -> UNREACHABLE;
                case HOST_KEY -> HOST_KEY;
                case AUTHENTICATION -> AUTHENTICATION;
                case TIMEOUT -> SERVER_TIMEOUT;
                case BROKEN -> SERVER_BROKEN;
            };
        }
        return failure instanceof InterruptedIOException ? INTERNAL : SERVER_REFUSED;
    }
}
