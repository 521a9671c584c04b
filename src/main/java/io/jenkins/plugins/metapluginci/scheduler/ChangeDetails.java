package io.jenkins.plugins.metapluginci.scheduler;

/**
 * What is told of a change beside where it is. Immutable; written by strangers, no text is null.
 *
 * @param changeId the {@code Change-Id} of the commit message
 * @param topic may be empty
 * @param owner of the change
 * @param uploader of the patchset
 * @param commitMessage of the patchset, whole; empty where Gerrit did not send it
 * @param workInProgress whether the change's owner marked it so
 * @param isPrivate likewise
 */
public record ChangeDetails(
        String changeId,
        String topic,
        Person owner,
        Person uploader,
        String commitMessage,
        boolean workInProgress,
        boolean isPrivate) {

    /** Of what Gerrit says nothing. */
    public static final ChangeDetails NONE =
            new ChangeDetails("", "", Person.UNKNOWN, Person.UNKNOWN, "", false, false);
}
