package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.Matching.NOW;
import static io.jenkins.plugins.metapluginci.layout.Matching.change;
import static io.jenkins.plugins.metapluginci.layout.Matching.event;
import static io.jenkins.plugins.metapluginci.layout.Matching.filter;
import static io.jenkins.plugins.metapluginci.layout.Matching.onBranch;
import static io.jenkins.plugins.metapluginci.layout.Matching.person;
import static io.jenkins.plugins.metapluginci.layout.Matching.refUpdated;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.Test;

/** Each key of a trigger, with what Zuul 2.5.2 answers. */
public class EventFilterTest {
    private static final String REVISION = "a".repeat(40);
    private static final String NO_REVISION = "0".repeat(40);
    private static final Account ALICE = person("alice", "alice@example.org");
    private static final Account JENKINS = person("jenkins", "jenkins@example.org");
    private static final TriggerEvent CREATED = event("patchset-created", null, ALICE);

    /** A row: a filter, an event, whether it matches. */
    private static final class Row {
        private final EventFilter filter;

        private Row(String... lines) {
            filter = filter(lines);
        }

        Row takes(TriggerEvent event) {
            return answers(event, change("verified=1 by jenkins"), true);
        }

        Row refuses(TriggerEvent event) {
            return answers(event, change("verified=1 by jenkins"), false);
        }

        Row answers(TriggerEvent event, ChangeState change, boolean expected) {
            assertThat(filter.matches(event, change, NOW, null))
                    .as(filter + " of " + event + " " + change)
                    .isEqualTo(expected);
            return this;
        }
    }

    private static Row with(String... lines) {
        return new Row(lines);
    }

    private static TriggerEvent comment(String text) {
        return event("comment-added", text, ALICE);
    }

    @Test
    public void eventIsMatchedAtItsStartAndOneIsEnough() {
        with("event: patchset-created").takes(CREATED).refuses(comment("x"));
        with("event: comment-added,patchset-created").takes(CREATED).takes(comment("x"));
        with("event: change-restored").refuses(CREATED).takes(event("change-restored", null, ALICE));
        with("event: ref-updated").takes(refUpdated("refs/heads/x", REVISION)).refuses(CREATED);
        with("event: draft-published").takes(event("draft-published", null, null));
        with("event: change-abandoned").takes(event("change-abandoned", null, ALICE));
        with("event: change-merged").takes(event("change-merged", null, ALICE)).refuses(event("merged", null, ALICE));
    }

    @Test
    public void branchIsMatchedAtItsStart() {
        with("event: patchset-created", "branch: stable")
                .takes(onBranch("stable/juno"))
                .takes(onBranch("stable"))
                .refuses(onBranch("unstable"))
                .refuses(onBranch("master"));
        with("event: patchset-created", "branch: master").takes(onBranch("master2"));
        with("event: patchset-created", "branch: ^master$")
                .takes(onBranch("master"))
                .refuses(onBranch("master2"));
        with("event: patchset-created", "branch: ^feature/,^master$")
                .takes(onBranch("master"))
                .takes(onBranch("feature/x"))
                .refuses(onBranch("stable/juno"));
        with("event: patchset-created", "branch: ^(?!stable/)")
                .takes(onBranch("master"))
                .refuses(onBranch("stable/juno"));
    }

    /** Zuul raised an exception and lost the event. */
    @Test
    public void anEventWithoutABranchDoesNotMatchAFilterByBranch() {
        with("event: ref-updated", "branch: master").refuses(refUpdated("refs/heads/master", REVISION));
        with("event: ref-updated", "branch: .*").refuses(refUpdated("refs/heads/master", REVISION));
    }

    @Test
    public void refIsMatchedAtItsStartAndOtherEventsHaveNone() {
        with("event: ref-updated", "ref: ^refs/tags/.*$")
                .takes(refUpdated("refs/tags/1.0", REVISION))
                .refuses(refUpdated("refs/heads/master", REVISION));
        with("event: ref-updated", "ref: refs/heads,refs/tags").takes(refUpdated("refs/tags/1", REVISION));
        with("event: ref-updated", "ref: heads").refuses(refUpdated("refs/heads/master", REVISION));
        with("event: patchset-created", "ref: .*").refuses(CREATED);
        with("event: patchset-created,ref-updated", "ref: ^refs/tags/")
                .refuses(CREATED)
                .takes(refUpdated("refs/tags/1", REVISION));
    }

    @Test
    public void deletedRefsAreIgnoredUnlessAskedFor() {
        with("event: ref-updated").refuses(refUpdated("refs/heads/x", NO_REVISION));
        with("event: ref-updated", "ignore-deletes: true").refuses(refUpdated("refs/heads/x", NO_REVISION));
        with("event: ref-updated", "ignore-deletes: false")
                .takes(refUpdated("refs/heads/x", NO_REVISION))
                .takes(refUpdated("refs/heads/x", REVISION));
        with("event: patchset-created").takes(CREATED);
    }

    @Test
    public void commentIsSearchedAndOneIsEnough() {
        with("event: comment-added", "comment: recheck")
                .takes(comment("recheck"))
                .takes(comment("Patch Set 1:\n\nplease recheck now"))
                .refuses(comment("check"))
                .refuses(comment(""));
        with("event: comment-added", "comment: ^recheck$")
                .takes(comment("recheck\n"))
                .refuses(comment("Patch Set 1:\n\nrecheck"));
        with("event: comment-added", "comment: recheck,reverify").takes(comment("reverify"));
    }

    @Test
    public void anEventWithoutACommentDoesNotMatchAFilterByComment() {
        with("event: .*", "comment: .*").refuses(CREATED).takes(comment(""));
    }

    @Test
    public void emailAndUsernameAreSearched() {
        with("event: .*", "email: @example").takes(CREATED);
        with("event: .*", "email: ^example").refuses(CREATED);
        with("event: .*", "email: nobody,alice").takes(CREATED);
        with("event: .*", "username: lic").takes(CREATED);
        with("event: .*", "username: ^jenkins$").refuses(CREATED).takes(event("x", null, JENKINS));
        with("event: .*", "username: bob,jenkins").takes(event("x", null, JENKINS));
        with("event: .*", "username: alice", "email: jenkins").refuses(CREATED);
    }

    /** Zuul skips both when the event names nobody at all, but not when who it names has no such thing. */
    @Test
    public void nobodyPassesButAnAccountWithoutANameDoesNot() {
        with("event: .*", "email: x", "username: y").takes(event("patchset-created", null, null));
        with("event: .*", "email: .*").refuses(event("patchset-created", null, person("alice", null)));
        with("event: .*", "username: .*").refuses(event("patchset-created", null, person(null, "a@example.org")));
        with("event: .*").takes(event("patchset-created", null, person(null, null)));
    }

    @Test
    public void approvalsAreThoseOfTheEventAndAllMustBeThere() {
        TriggerEvent approved = event("comment-added", "", ALICE, new Vote("code-review", 2), new Vote("approved", 1));
        with("event: comment-added", "approval: approved=1").takes(approved).refuses(comment(""));
        with("event: comment-added", "approval: approved=1,code-review=2").takes(approved);
        with("event: comment-added", "approval: approved=1,code-review=1").refuses(approved);
        with("event: comment-added", "approval: verified=1")
                .refuses(approved)
                .takes(event("comment-added", "", ALICE, new Vote("verified", -1), new Vote("verified", 1)));
        with("event: comment-added", "approval: code-review=-2")
                .takes(event("comment-added", "", ALICE, new Vote("code-review", -2)));
        // Zuul compares its own spelling of the event's label with the layout's as it stands
        with("event: comment-added", "approval: Approved=1").refuses(approved);
    }

    /** Gerrit's own entries (SUBM) come without a description; Zuul failed at them. */
    @Test
    public void aVoteWithoutALabelIsPassedOver() {
        TriggerEvent event = event("comment-added", "", ALICE, new Vote(null, 1), new Vote("verified", 1));
        with("event: comment-added", "approval: verified=1").takes(event);
        with("event: comment-added", "approval: approved=1").refuses(event);
    }

    @Test
    public void requiredApprovalsStandOnTheChange() {
        with("event: .*", "require-approval: verified=1|2")
                .answers(CREATED, change("verified=1"), true)
                .answers(CREATED, change("verified=-1"), false)
                .answers(CREATED, change(""), false)
                .answers(CREATED, null, false);
        with("event: .*", "require-approval: verified=1,code-review=2")
                .answers(CREATED, change("verified=1"), false)
                .answers(CREATED, change("verified=1,code-review=2"), true);
    }

    @Test
    public void rejectedApprovalsDoNotStandOnTheChange() {
        with("event: .*", "reject-approval: verified=-1|-2,code-review=-2")
                .answers(CREATED, change("verified=1"), true)
                .answers(CREATED, change("verified=-1"), false)
                .answers(CREATED, change("verified=1,code-review=-2"), false)
                .answers(CREATED, null, false);
    }

    /** A trap of Zuul's that layouts may rely on: nobody voted yet, so even a filter that only rejects does not match. */
    @Test
    public void aChangeWithoutVotesMatchesNoFilterByVotes() {
        with("event: .*", "reject-approval: verified=-1").answers(CREATED, change(""), false);
        with("event: .*", "require-approval: username=x").answers(CREATED, change(""), false);
    }

    @Test
    public void allKeysMustAgree() {
        String[] lines = {
            "event: comment-added",
            "branch: ^master$",
            "comment: (?i)recheck",
            "email: @example.org$",
            "username: ^alice$",
            "approval: workflow=1",
            "require-approval: verified=1"
        };
        TriggerEvent event = event("comment-added", "Recheck", ALICE, new Vote("workflow", 1));
        with(lines).takes(event);
        for (int i = 0; i < lines.length; i++) {
            String[] wrong = lines.clone();
            wrong[i] = wrong[i].replaceFirst(": .*", wrong[i].contains("approval") ? ": other=1" : ": zzz");
            with(wrong).refuses(event);
        }
    }

    /** What says no without the change says so before it is asked for; what needs the change does not. */
    @Test
    public void mayMatchLooksAtTheEventOnly() {
        EventFilter filter = filter("event: comment-added", "comment: recheck", "require-approval: verified=1");
        assertThat(filter.mayMatch(comment("recheck"), null)).isTrue();
        assertThat(filter.mayMatch(comment("thanks"), null)).isFalse();
        assertThat(filter.mayMatch(CREATED, null)).isFalse();
        assertThat(filter.matches(comment("recheck"), change(""), NOW, null)).isFalse();
    }

    /** Our report may hold the very words that a pipeline waits for. */
    @Test
    public void ourOwnCommentsDoNotStartUsAgain() {
        TriggerEvent own =
                event("comment-added", "Build failed. Say 'recheck' to rerun", JENKINS, new Vote("verified", 1));
        EventFilter byComment = filter("event: comment-added", "comment: recheck");
        assertThat(byComment.matches(own, change("verified=1"), NOW, "jenkins")).isFalse();
        assertThat(byComment.mayMatch(own, "jenkins")).isFalse();
        assertThat(byComment.matches(own, change("verified=1"), NOW, "other")).isTrue();
        assertThat(byComment.matches(own, change("verified=1"), NOW, null)).isTrue();
        assertThat(byComment.matches(comment("recheck"), change("verified=1"), NOW, "jenkins"))
                .isTrue();
        assertThat(byComment.matches(event("comment-added", "recheck", null), change(""), NOW, "jenkins"))
                .isTrue();
    }

    /** As OpenStack's gate waited for its own check: by vote, or by a name that is ours. */
    @Test
    public void ourOwnVotesAndCommentsStartUsWhenTheFilterMeansUs() {
        TriggerEvent own = event("comment-added", "recheck", JENKINS, new Vote("verified", 1));
        assertThat(filter("event: comment-added", "approval: verified=1", "username: jenkins")
                        .matches(own, change("verified=1"), NOW, "jenkins"))
                .isTrue();
        assertThat(filter("event: comment-added", "approval: verified=1")
                        .matches(own, change("verified=1"), NOW, "jenkins"))
                .isTrue();
        assertThat(filter("event: comment-added", "comment: recheck", "username: jenkins")
                        .matches(own, change("verified=1"), NOW, "jenkins"))
                .isTrue();
        assertThat(filter("event: comment-added", "comment: recheck", "username: alice")
                        .matches(own, change("verified=1"), NOW, "jenkins"))
                .isFalse();
    }
}
