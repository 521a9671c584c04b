package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * What the scheduler needs of one of Gerrit's events about a patchset. Immutable. Everything in it was written by
 * strangers.
 *
 * @param type {@code patchset-created}, {@code change-restored}, {@code comment-added}; others are let go by
 * @param change the patchset it is about
 * @param changeId the {@code Change-Id} of the commit message; may be empty
 * @param topic may be empty
 * @param owner of the change
 * @param uploader of the patchset
 * @param account who caused the event
 * @param commitMessage of the patchset, whole; empty where Gerrit did not send it
 * @param workInProgress whether the change's owner marked it so
 * @param isPrivate likewise
 * @param comment text of a comment-added event; null otherwise
 */
public record ChangeEvent(
        String type,
        Change change,
        String changeId,
        String topic,
        Person owner,
        Person uploader,
        Person account,
        String commitMessage,
        boolean workInProgress,
        boolean isPrivate,
        @CheckForNull String comment) {

    /** An account; each part may be empty. */
    public record Person(String name, String email, String username) {
        /** For events that do not say. */
        public static final Person UNKNOWN = new Person("", "", "");
    }

    /** Whether an event of this kind, with this comment, asks for a test (projects and branches aside). */
    boolean asksForTest() {
        return switch (type) {
            case "patchset-created", "change-restored" -> true;
            case "comment-added" -> RecheckComment.matches(comment);
            default -> false;
        };
    }
}
