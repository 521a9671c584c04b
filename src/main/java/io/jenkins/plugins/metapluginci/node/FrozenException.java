package io.jenkins.plugins.metapluginci.node;

/** A node's connection took a call and did not answer within the deadline. */
public class FrozenException extends MachineException {
    private static final long serialVersionUID = 1L;

    public FrozenException(String message, Throwable cause) {
        super(message, cause);
    }
}
