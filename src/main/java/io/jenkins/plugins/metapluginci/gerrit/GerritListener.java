package io.jenkins.plugins.metapluginci.gerrit;

/** Hears what Gerrit says. Called from the stream's thread only, one call at a time; must return at once. */
@FunctionalInterface
public interface GerritListener {
    /** An event, of any type. */
    void event(GerritEvent event);

    /** The stream came up, for the first time or again: events may have been missed before, none is from now on. */
    default void connected() {}
}
