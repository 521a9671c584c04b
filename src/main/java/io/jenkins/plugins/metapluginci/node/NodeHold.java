package io.jenkins.plugins.metapluginci.node;

/**
 * What keeps a node from taking builds. Immutable.
 *
 * @param kind what it is
 * @param by who asked for it; for what this plugin found itself, this plugin
 * @param until when it ends by itself, epoch milliseconds; 0: not by the clock
 */
public record NodeHold(Kind kind, String by, long until) {
    /** Why a node is held. */
    public enum Kind {
        /** A person wants to look at it. */
        PERSON,
        /** It failed a check; it is checked again by itself every few minutes. */
        CHECK,
        /** It could not be prepared; a person prepares it or has it checked again. */
        PREPARATION
    }
}
