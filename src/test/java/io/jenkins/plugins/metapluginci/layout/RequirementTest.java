package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.Matching.NOW;
import static io.jenkins.plugins.metapluginci.layout.Matching.approvals;
import static io.jenkins.plugins.metapluginci.layout.Matching.change;
import static io.jenkins.plugins.metapluginci.layout.Matching.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.Test;

/** What a pipeline requires and rejects, with what Zuul 2.5.2 answers. */
public class RequirementTest {
    private static final int DAY = 24 * 60 * 60;

    private static ChangeState state(boolean current, boolean open, String status) {
        return new ChangeState("p", "master", 1, 1, current, open, status, List.of(), List.of());
    }

    private static Requirement requirement(Boolean open, Boolean current, String... statuses) {
        return new Requirement(open, current, List.of(statuses), List.of(), List.of());
    }

    @Test
    public void nothingRequiredLetsEverythingIn() {
        assertThat(requirement(null, null).allows(state(false, false, "MERGED"), NOW))
                .isTrue();
    }

    @Test
    public void openIsCompared() {
        assertThat(requirement(true, null).allows(state(true, true, "NEW"), NOW))
                .isTrue();
        assertThat(requirement(true, null).allows(state(true, false, "MERGED"), NOW))
                .isFalse();
        assertThat(requirement(false, null).allows(state(true, false, "MERGED"), NOW))
                .isTrue();
        assertThat(requirement(false, null).allows(state(true, true, "NEW"), NOW))
                .isFalse();
    }

    @Test
    public void currentPatchsetIsCompared() {
        assertThat(requirement(null, true).allows(state(true, true, "NEW"), NOW))
                .isTrue();
        assertThat(requirement(null, true).allows(state(false, true, "NEW"), NOW))
                .isFalse();
        assertThat(requirement(null, false).allows(state(true, true, "NEW"), NOW))
                .isFalse();
    }

    @Test
    public void oneOfTheStatusesIsExactlyTheChanges() {
        assertThat(requirement(null, null, "NEW", "DRAFT").allows(state(true, true, "DRAFT"), NOW))
                .isTrue();
        assertThat(requirement(null, null, "NEW").allows(state(true, true, "NEWER"), NOW))
                .isFalse();
        assertThat(requirement(null, null, "new").allows(state(true, true, "NEW"), NOW))
                .isFalse();
    }

    /** Rows: required entries; votes on the change; whether it comes in. */
    private static final Object[][] REQUIRED = {
        {"verified=1", "verified=1", true},
        {"verified=1", "verified=2", false},
        {"verified=1|2", "verified=2", true},
        {"verified=-1", "verified=-1", true},
        {"verified=1", "code-review=1", false},
        // the layout's spelling is compared as it stands
        {"Verified=1", "verified=1", false},
        {"username=jenkins", "verified=-2 by jenkins", true},
        {"username=enk", "verified=1 by jenkins", true},
        {"username=^enk", "verified=1 by jenkins", false},
        {"username=x", "verified=1", false},
        {"username=^$", "verified=1", true},
        {"email=@example.org$", "verified=1 mail j@example.org", true},
        {"email=@example.org$", "verified=1 mail j@example.com", false},
        {"email=.", "verified=1 by jenkins", false},
        // one vote must have it all
        {"verified=1 username=jenkins", "verified=1 by jenkins", true},
        {"verified=1 username=jenkins", "verified=1 by alice,code-review=1 by jenkins", false},
        {"verified=1 username=jenkins email=@x", "verified=1 by jenkins mail a@x", true},
        // two categories in one entry: no vote has both
        {"verified=1 code-review=2", "verified=1,code-review=2", false},
        // all entries
        {"verified=1,code-review=2", "verified=1,code-review=2", true},
        {"verified=1,code-review=2", "verified=1", false},
        {"verified=1,username=jenkins", "verified=1 by jenkins", true},
        // age
        {"verified=1 newer-than=1d", "verified=1 age 86400", true},
        {"verified=1 newer-than=1d", "verified=1 age 86401", false},
        {"verified=1 newer-than=1d", "verified=1 age -100", true},
        {"verified=1 older-than=1d", "verified=1 age 86400", false},
        {"verified=1 older-than=1d", "verified=1 age 86401", true},
        {"newer-than=2h older-than=1h", "verified=1 age 5400", true},
        {"newer-than=2h older-than=1h", "verified=1 age 60", false},
        {"newer-than=2h older-than=1h", "verified=1 age 60,verified=1 age 86400", false},
        // no parts: any vote will do, but there must be one
        {"", "verified=0", true},
        {"", "", false},
        {"verified=1", "", false},
        // an entry of Gerrit's own, without a label, is none
        {"", "=1", false},
        {"username=jenkins", "=1 by jenkins", false},
        {"verified=1", "=1,verified=1", true},
    };

    @Test
    public void eachRequiredEntryIsFulfilledByOneVote() {
        for (Object[] row : REQUIRED) {
            Requirement requirement = new Requirement(null, null, List.of(), rules((String) row[0]), List.of());
            assertThat(requirement.allows(change((String) row[1]), NOW))
                    .as(row[0] + " / " + row[1])
                    .isEqualTo(row[2]);
        }
    }

    /** Rows: rejected entries; votes on the change; whether it comes in. */
    private static final Object[][] REJECTED = {
        {"verified=-1", "verified=1", true},
        {"verified=-1", "verified=-1", false},
        {"verified=-1|-2", "verified=-2", false},
        {"verified=-1,code-review=-2", "verified=1,code-review=-2", false},
        {"verified=-1 username=jenkins", "verified=-1 by alice", true},
        {"verified=-1 username=jenkins", "verified=-1 by alice,verified=-1 by jenkins", false},
        {"verified=-1 older-than=1d", "verified=-1 age 60", true},
        {"verified=-1 older-than=1d", "verified=-1 age 90000", false},
        {"username=jenkins", "=1 by jenkins", true},
        // the trap: nobody voted, so nothing was rejected, and yet it does not come in
        {"verified=-1", "", false},
        {"username=jenkins", "", false},
    };

    @Test
    public void noRejectedEntryIsFulfilledByAnyVoteAndThereMustBeVotes() {
        for (Object[] row : REJECTED) {
            assertThat(Requirement.rejecting(rules((String) row[0])).allows(change((String) row[1]), NOW))
                    .as(row[0] + " / " + row[1])
                    .isEqualTo(row[2]);
        }
    }

    @Test
    public void requiredAndRejectedMustBothBeRight() {
        Requirement both = new Requirement(true, true, List.of("NEW"), rules("code-review=2"), rules("verified=-1"));
        assertThat(both.allows(change("code-review=2"), NOW)).isTrue();
        assertThat(both.allows(change("code-review=2,verified=-1"), NOW)).isFalse();
        assertThat(both.allows(change("code-review=1"), NOW)).isFalse();
    }

    @Test
    public void aVoteWithoutAVoterIsNobodys() {
        Approval nobodys = new Approval("verified", 1, NOW, null);
        assertThat(rules("verified=1").get(0).matches(nobodys, NOW)).isTrue();
        assertThat(rules("username=.").get(0).matches(nobodys, NOW)).isFalse();
        assertThat(approvals("verified=1")).hasSize(1);
    }

    @Test
    public void timesAreReadAsZuulReadsThem() {
        Object[][] rows = {
            {"1s", 1L},
            {"2m", 120L},
            {"3h", 10800L},
            {"4d", 4L * DAY},
            {"5w", 35L * DAY},
            {"0s", 0L},
            {"010d", 10L * DAY},
            {" 7 s", 7L},
            {"+7s", 7L},
            {"-1d", (long) -DAY}
        };
        for (Object[] row : rows) {
            assertThat(ApprovalRule.seconds((String) row[0]))
                    .as((String) row[0])
                    .isEqualTo(row[1]);
        }
        for (String wrong : List.of(
                "",
                "s",
                "1",
                "d1",
                "1.5h",
                "1D",
                "1y",
                "1 day",
                "two weeks",
                "1d ",
                "0x1s",
                "99999999999999999999w",
                "999999999999999999w",
                "1\u0660s")) {
            assertThatThrownBy(() -> ApprovalRule.seconds(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Unable to parse time value: " + wrong);
        }
    }
}
