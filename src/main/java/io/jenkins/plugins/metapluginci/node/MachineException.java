package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;

/** A node did not do what it was asked; the message is fit for people. */
public class MachineException extends IOException {
    private static final long serialVersionUID = 1L;

    public MachineException(String message) {
        super(message);
    }

    public MachineException(String message, Throwable cause) {
        super(message, cause);
    }
}
