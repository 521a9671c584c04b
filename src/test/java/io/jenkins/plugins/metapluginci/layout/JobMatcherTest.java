package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.Matching.change;
import static io.jenkins.plugins.metapluginci.layout.Matching.pattern;
import static io.jenkins.plugins.metapluginci.layout.Matching.patterns;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.layout.JobMatcher.SkipIf;
import java.util.List;
import org.junit.Test;

/** Which changes a job is for, with what Zuul 2.5.2 answers. */
public class JobMatcherTest {
    private static final String MESSAGE = "/COMMIT_MSG";

    private static JobMatcher branches(String... patterns) {
        return new JobMatcher(patterns(patterns), List.of(), List.of());
    }

    private static JobMatcher files(String... patterns) {
        return new JobMatcher(List.of(), patterns(patterns), List.of());
    }

    private static SkipIf skip(String project, String branch, String... files) {
        return new SkipIf(
                project == null ? null : pattern(project), branch == null ? null : pattern(branch), patterns(files));
    }

    private static JobMatcher skipping(SkipIf... entries) {
        return new JobMatcher(List.of(), List.of(), List.of(entries));
    }

    @Test
    public void aJobWithoutRestrictionsIsForEveryChange() {
        assertThat(JobMatcher.ALWAYS.matches(change("p", "master"))).isTrue();
        assertThat(JobMatcher.ALWAYS.matches(change("p", "refs/tags/1"))).isTrue();
    }

    @Test
    public void branchIsMatchedAtItsStartAndOneIsEnough() {
        assertThat(branches("stable").matches(change("p", "stable/juno"))).isTrue();
        assertThat(branches("juno").matches(change("p", "stable/juno"))).isFalse();
        assertThat(branches("^(?!stable/(?:icehouse|havana)).*$").matches(change("p", "stable/juno")))
                .isTrue();
        assertThat(branches("^(?!stable/(?:icehouse|havana)).*$").matches(change("p", "stable/havana")))
                .isFalse();
        assertThat(branches("x", "^master$").matches(change("p", "master"))).isTrue();
        assertThat(branches("^refs/tags/").matches(change("p", "refs/tags/1.0")))
                .as("an updated ref")
                .isTrue();
    }

    @Test
    public void oneFileMustMatchAtItsStart() {
        assertThat(files("^doc/.*$").matches(change("p", "master", MESSAGE, "doc/a.rst", "b")))
                .isTrue();
        assertThat(files("a.rst").matches(change("p", "master", MESSAGE, "doc/a.rst")))
                .isFalse();
        assertThat(files("^x$", "setup").matches(change("p", "master", MESSAGE, "setup.cfg")))
                .isTrue();
        assertThat(files("^/COMMIT_MSG$").matches(change("p", "master", MESSAGE, "a")))
                .isTrue();
        assertThat(files(".*").matches(change("p", "refs/tags/1")))
                .as("an updated ref has no files")
                .isFalse();
    }

    @Test
    public void allRestrictionsMustAgree() {
        JobMatcher both = new JobMatcher(patterns("master"), patterns("doc/"), List.of());
        assertThat(both.matches(change("p", "master", MESSAGE, "doc/x"))).isTrue();
        assertThat(both.matches(change("p", "stable", MESSAGE, "doc/x"))).isFalse();
        assertThat(both.matches(change("p", "master", MESSAGE, "x"))).isFalse();
    }

    @Test
    public void skippedWhenAllFilesMatchAny() {
        JobMatcher docs = skipping(skip(null, null, "^doc/", "^.*\\.rst$"));
        assertThat(docs.matches(change("p", "master", MESSAGE, "doc/a", "README.rst")))
                .isFalse();
        assertThat(docs.matches(change("p", "master", MESSAGE, "doc/a", "setup.py")))
                .isTrue();
        assertThat(docs.matches(change("p", "master", "doc/a", "doc/b")))
                .as("without the message too")
                .isFalse();
    }

    /** The message is allowed without being named, but a change of one file (a merge has the message only) never skips. */
    @Test
    public void theCommitMessageIsAllowedButNotEnough() {
        JobMatcher docs = skipping(skip(null, null, "^doc/"));
        assertThat(docs.matches(change("p", "master", MESSAGE))).isTrue();
        assertThat(docs.matches(change("p", "master", "doc/a"))).isTrue();
        assertThat(docs.matches(change("p", "master"))).isTrue();
        assertThat(docs.matches(change("p", "master", MESSAGE, "doc/a"))).isFalse();
        assertThat(docs.matches(change("p", "master", MESSAGE, "/COMMIT_MSG2"))).isTrue();
    }

    @Test
    public void withinAnEntryAllPartsMustMatch() {
        JobMatcher all = skipping(skip("^openstack/", "^stable/", "^doc/"));
        assertThat(all.matches(change("openstack/neutron", "stable/juno", MESSAGE, "doc/a")))
                .isFalse();
        assertThat(all.matches(change("stackforge/x", "stable/juno", MESSAGE, "doc/a")))
                .isTrue();
        assertThat(all.matches(change("openstack/neutron", "master", MESSAGE, "doc/a")))
                .isTrue();
        assertThat(all.matches(change("openstack/neutron", "stable/juno", MESSAGE, "a")))
                .isTrue();
    }

    @Test
    public void ofSeveralEntriesOneIsEnough() {
        JobMatcher either = skipping(skip("^openstack/neutron$", null), skip(null, "^stable/"));
        assertThat(either.matches(change("openstack/neutron", "master"))).isFalse();
        assertThat(either.matches(change("openstack/nova", "stable/juno"))).isFalse();
        assertThat(either.matches(change("openstack/nova", "master"))).isTrue();
    }

    @Test
    public void projectAndBranchAreMatchedAtTheirStart() {
        assertThat(skipping(skip("openstack/neu", null)).matches(change("openstack/neutron", "master")))
                .isFalse();
        assertThat(skipping(skip("neutron", null)).matches(change("openstack/neutron", "master")))
                .isTrue();
        assertThat(skipping(skip(null, "mas")).matches(change("p", "master"))).isFalse();
    }

    /** As in Zuul, where all of no parts match. */
    @Test
    public void anEntryWithoutPartsSkipsEverything() {
        assertThat(skipping(skip(null, null)).matches(change("p", "master", "a")))
                .isFalse();
    }

    @Test
    public void skipIfIsAskedAfterTheRest() {
        JobMatcher matcher = new JobMatcher(patterns("master"), patterns("doc/"), List.of(skip(null, null, "^doc/")));
        assertThat(matcher.matches(change("p", "master", MESSAGE, "doc/a"))).isFalse();
        assertThat(matcher.matches(change("p", "master", MESSAGE, "doc/a", "b")))
                .isTrue();
    }
}
