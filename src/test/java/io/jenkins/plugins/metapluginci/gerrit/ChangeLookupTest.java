package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.gerrit.ModelGerrit.Change;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Test;

public class ChangeLookupTest {
    private static final String TIP = sha(0);

    private final ModelGerrit gerrit = new ModelGerrit();
    private final AtomicLong nanos = new AtomicLong();
    private final RecentCommits recent = new RecentCommits(nanos::get);
    private final ChangeLookup lookup = new ChangeLookup(new GerritQuery(gerrit), recent, List.of(1, 1, 1));

    private static String sha(int n) {
        return "%040x".formatted(0xabc0000 + n);
    }

    private void pass(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000);
    }

    private List<String> ahead(int number) throws Exception {
        return ahead(number, 0);
    }

    private List<String> ahead(int number, int patchset) throws Exception {
        LookedUpChange found = lookup.look(number, patchset);
        assertThat(found.cycle()).isNull();
        return found.ahead().stream()
                .map(each -> each.change().number() + "," + each.patchSet().number())
                .toList();
    }

    @Test
    public void aChangeWithAllThatFiltersRead() throws Exception {
        gerrit.change(1)
                .patchSet(sha(1), TIP)
                .patchSet(sha(2), TIP)
                .approval("Verified", 1, "ci", 20)
                .approval("Code-Review", -2, "bob", 10);
        LookedUpChange found = lookup.look(1, 0);
        assertThat(found.change().project()).isEqualTo("openstack/neutron");
        assertThat(found.patchSet().number()).isEqualTo(2);
        assertThat(found.patchSet().parents()).containsExactly(TIP);
        assertThat(found.open()).isTrue();
        assertThat(found.current()).isTrue();
        assertThat(found.approvals())
                .containsExactly(
                        new PatchSetApproval("Code-Review", "Code-Review", -2, 10, account("bob")),
                        new PatchSetApproval("Verified", "Verified", 1, 20, account("ci")));
        assertThat(found.files()).containsExactly("/COMMIT_MSG", "file-of-2");
        assertThat(found.commitMessage()).startsWith("Change 1\n\n").contains("Change-Id: I");
        assertThat(found.ahead()).isEmpty();
        assertThat(found.cycle()).isNull();
    }

    private static GerritAccount account(String name) {
        return new GerritAccount(name + " of the model", name + "@example.org", name);
    }

    @Test
    public void anOlderPatchsetWithItsOwnFilesAndTheVotesOfTheCurrentOne() throws Exception {
        gerrit.change(1).patchSet(sha(1), TIP).patchSet(sha(2), TIP).approval("Verified", 1, "ci", 20);
        LookedUpChange found = lookup.look(1, 1);
        assertThat(found.patchSet().revision()).isEqualTo(sha(1));
        assertThat(found.current()).isFalse();
        assertThat(found.files()).contains("file-of-1");
        assertThat(found.approvals()).hasSize(1);
    }

    @Test
    public void whatIsGoneIsNull() throws Exception {
        assertThat(lookup.look(1, 0)).isNull();
        gerrit.change(1).patchSet(sha(1), TIP);
        assertThat(lookup.look(1, 7)).isNull();
    }

    @Test
    public void closedChangesAreLookedUpToo() throws Exception {
        gerrit.change(1).patchSet(sha(1), TIP).status("ABANDONED");
        assertThat(lookup.look(1, 0).open()).isFalse();
    }

    @Test
    public void gitParentsAtTheExactPatchsetDeepestFirst() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP).patchSet(sha(12), TIP);
        gerrit.change(2).patchSet(sha(21), sha(11));
        gerrit.change(3).patchSet(sha(31), sha(21));
        assertThat(ahead(3)).containsExactly("1,1", "2,1");
    }

    @Test
    public void theParentsAreThoseOfThePatchsetThatIsTested() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP);
        gerrit.change(2).patchSet(sha(21), sha(11)).patchSet(sha(22), TIP);
        assertThat(ahead(2, 2)).isEmpty();
        assertThat(ahead(2, 1)).containsExactly("1,1");
    }

    @Test
    public void mergedParentsAreNotAheadAndAreAskedForOnce() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP).status("MERGED");
        gerrit.change(2).patchSet(sha(21), sha(11));
        assertThat(ahead(2)).isEmpty();
        gerrit.questions.clear();
        assertThat(ahead(2)).isEmpty();
        assertThat(gerrit.questions).containsExactly("change:2");
    }

    @Test
    public void abandonedAndSubmittedParentsStillCount() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP).status("ABANDONED");
        gerrit.change(2).patchSet(sha(21), sha(11)).status("SUBMITTED");
        gerrit.change(3).patchSet(sha(31), sha(21));
        assertThat(ahead(3)).containsExactly("1,1", "2,1");
    }

    @Test
    public void bothParentsOfAMergeCommit() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP);
        gerrit.change(2).patchSet(sha(21), TIP).on("feature");
        gerrit.change(3).patchSet(sha(31), sha(11), sha(21));
        assertThat(ahead(3)).containsExactly("1,1", "2,1");
    }

    @Test
    public void oneCommitUnderReviewForSeveralBranchesAndProjects() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP).on("stable/icehouse");
        gerrit.change(2).patchSet(sha(11), TIP);
        gerrit.change(3).patchSet(sha(11), TIP).in("a/fork");
        gerrit.change(4).patchSet(sha(41), sha(11));
        assertThat(ahead(4)).containsExactly("2,1");
        gerrit.changes.remove(2);
        assertThat(ahead(4)).containsExactly("1,1");
        gerrit.changes.remove(1);
        assertThat(ahead(4)).isEmpty();
    }

    @Test
    public void dependsOnNamesEveryOpenChangeOfItsIdAtItsCurrentPatchset() throws Exception {
        Change one =
                gerrit.change(1).in("openstack/nova").patchSet(sha(11), TIP).patchSet(sha(12), TIP);
        Change twin = gerrit.change(100)
                .twinOf(one)
                .on("stable/icehouse")
                .patchSet(sha(1001), TIP)
                .status("ABANDONED");
        Change closed = gerrit.change(3).patchSet(sha(31), TIP).status("MERGED");
        Change tested = gerrit.change(4).patchSet(sha(41), TIP).dependsOn(one).dependsOn(closed);
        tested.footers +=
                "depends-on: " + one.id().toUpperCase() + " \t\nDepends-On: I123\nxDepends-On: " + closed.id() + "\n";
        assertThat(ahead(4)).containsExactly("1,2");
        assertThat(twin.status).isEqualTo("ABANDONED");
        twin.status("NEW");
        assertThat(ahead(4)).containsExactlyInAnyOrder("1,2", "100,1");
    }

    @Test
    public void parentsAndFootersOfWhatIsNeededCountTooEachOnce() throws Exception {
        Change base = gerrit.change(1).patchSet(sha(11), TIP);
        gerrit.change(2).patchSet(sha(21), sha(11)).dependsOn(base);
        Change other =
                gerrit.change(3).in("openstack/nova").patchSet(sha(31), TIP).dependsOn(base);
        gerrit.change(4).patchSet(sha(41), sha(21)).dependsOn(other);
        assertThat(ahead(4)).containsExactly("1,1", "2,1", "3,1");
    }

    @Test
    public void cyclesAreNamed() throws Exception {
        Change one = gerrit.change(5).patchSet(sha(51), TIP);
        Change two =
                gerrit.change(7).in("openstack/nova").patchSet(sha(71), TIP).dependsOn(one);
        one.dependsOn(two);
        LookedUpChange found = lookup.look(5, 0);
        assertThat(found.cycle()).isEqualTo("Dependency cycle detected: 5 in [5, 7]");
        assertThat(found.ahead()).isEmpty();
        Change self = gerrit.change(9).patchSet(sha(91), TIP);
        self.dependsOn(self);
        assertThat(lookup.look(9, 0).cycle()).isEqualTo("Dependency cycle detected: 9 in [9]");
    }

    @Test
    public void tooManyAreNotFollowed() throws Exception {
        gerrit.change(1).patchSet(sha(1), TIP);
        for (int n = 2; n <= Dependencies.MAX_AHEAD + 2; n++) {
            gerrit.change(n).patchSet(sha(n), sha(n - 1));
        }
        assertThat(ahead(Dependencies.MAX_AHEAD + 1)).hasSize(Dependencies.MAX_AHEAD);
        assertThat(lookup.look(Dependencies.MAX_AHEAD + 2, 0).cycle()).contains("more than 100");
        Change wide = gerrit.change(500).patchSet(sha(500), TIP);
        for (int n = 1; n <= 51; n++) {
            wide.footers += "Depends-On: I" + "%040x".formatted(n) + "\n";
        }
        assertThat(lookup.look(500, 0).cycle()).contains("Depends-On lines");
    }

    @Test
    public void releasesThatTellNoParentsAreAskedForDependencies() throws Exception {
        gerrit.parents = false;
        gerrit.change(1).patchSet(sha(11), TIP).patchSet(sha(12), TIP);
        gerrit.change(2).patchSet(sha(21), sha(11));
        assertThat(ahead(2)).containsExactly("1,1");
    }

    @Test
    public void anIndexThatDoesNotHaveThePatchsetYetIsAskedAgain() throws Exception {
        Change change = gerrit.change(1).patchSet(sha(1), TIP).patchSet(sha(2), TIP);
        recent.heard(change.created());
        recent.settle(TIP);
        var late = change.patchSets.remove(1);
        AtomicInteger asked = new AtomicInteger();
        gerrit.before = () -> {
            if (asked.incrementAndGet() == 3) {
                change.patchSets.add(late);
            }
        };
        assertThat(lookup.look(1, 0).patchSet().number()).isEqualTo(2);
        assertThat(asked).hasValue(3);
        change.patchSets.remove(1);
        assertThatThrownBy(() -> lookup.look(1, 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("index does not have it yet");
        assertThat(lookup.look(1, 1).patchSet().number())
                .as("an older one does not need the newer")
                .isEqualTo(1);
        gerrit.changes.remove(1);
        assertThatThrownBy(() -> lookup.look(1, 0)).isInstanceOf(IOException.class);
        pass(61);
        assertThat(lookup.look(1, 0)).as("then the index is believed").isNull();
    }

    @Test
    public void aParentThatTheIndexDoesNotHaveYetIsKnownByTheStream() throws Exception {
        Change parent = gerrit.change(1).patchSet(sha(11), TIP);
        Change child = gerrit.change(2).patchSet(sha(21), sha(11));
        recent.heard(parent.created());
        recent.heard(child.created());
        recent.settle(TIP);
        assertThat(ahead(2)).containsExactly("1,1");
        assertThat(gerrit.questions).containsExactly("change:2", "change:1");
        var late = gerrit.changes.remove(1);
        assertThatThrownBy(() -> lookup.look(2, 1)).isInstanceOf(IOException.class);
        gerrit.changes.put(1, late);
        assertThat(ahead(2)).containsExactly("1,1");
    }

    @Test
    public void aParentThatNobodyKnowsYetIsWaitedForAndThenTakenForMerged() throws Exception {
        gerrit.change(1).patchSet(sha(11), TIP);
        Change child = gerrit.change(2).patchSet(sha(21), sha(11));
        recent.heard(child.created());
        recent.settle(TIP);
        var late = gerrit.changes.remove(1);
        AtomicInteger asked = new AtomicInteger();
        gerrit.before = () -> {
            if (asked.incrementAndGet() == 3) {
                // The change itself was the first question, its parent the second.
                gerrit.changes.put(1, late);
            }
        };
        assertThat(ahead(2)).containsExactly("1,1");
    }

    @Test
    public void theTipOfABranchIsWaitedForOnceAndLaterNotEvenAskedFor() throws Exception {
        Change child = gerrit.change(2).patchSet(sha(21), TIP);
        recent.heard(child.created());
        assertThat(ahead(2)).isEmpty();
        assertThat(gerrit.questions).containsExactly("change:2", "commit:" + TIP, "commit:" + TIP);
        gerrit.questions.clear();
        assertThat(ahead(2)).isEmpty();
        assertThat(gerrit.questions).as("asked a moment ago").containsExactly("change:2");
        pass(6);
        gerrit.questions.clear();
        assertThat(ahead(2)).isEmpty();
        assertThat(gerrit.questions).containsExactly("change:2", "commit:" + TIP);
        gerrit.questions.clear();
        assertThat(ahead(2)).isEmpty();
        assertThat(gerrit.questions).containsExactly("change:2");
    }

    @Test
    public void theStreamTellsWhatIsOnABranch() throws Exception {
        gerrit.change(2).patchSet(sha(21), TIP);
        for (String ref : new String[] {"refs/heads/master", "master"}) {
            recent.clear();
            recent.heard(EventParser.parse("{\"type\":\"ref-updated\",\"refUpdate\":{\"refName\":\"" + ref
                    + "\",\"project\":\"p\",\"newRev\":\"" + TIP + "\"}}"));
            assertThat(recent.isKnownToBeNobodys(TIP)).isTrue();
        }
        recent.clear();
        recent.heard(EventParser.parse("{\"type\":\"ref-updated\",\"refUpdate\":{\"refName\":\"refs/changes/1/1/1\","
                + "\"project\":\"p\",\"newRev\":\"" + TIP + "\"}}"));
        assertThat(recent.isKnownToBeNobodys(TIP)).isFalse();
    }

    @Test
    public void whatTheStreamToldIsBounded() throws Exception {
        for (int n = 1; n <= 5_000; n++) {
            recent.heard(gerrit.change(n).patchSet(sha(n), TIP).created());
        }
        assertThat(recent.ofCommit(sha(1))).isNull();
        assertThat(recent.ofChange(1)).isNull();
        assertThat(recent.ofCommit(sha(5_000))).isNotNull();
        recent.heard(EventParser.parse("{\"type\":\"change-deleted\",\"change\":{\"number\":5000}}"));
        assertThat(recent.ofCommit(sha(5_000))).isNull();
    }

    @Test
    public void gerritsTroubleIsNotTakenForAnAnswer() {
        ChangeLookup broken =
                new ChangeLookup(new GerritQuery(new OneAnswer(1, "", "fatal: internal server error\n")), recent);
        assertThatThrownBy(() -> broken.look(1, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("internal server error");
    }
}
