package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Test;

/** The layouts that come with the plugin do what they say. */
public class ShippedLayoutsTest {
    private static final String JOB = "check-tempest-dsvm-metaplugin";
    private static final Account ALICE = new Account("Alice", "alice@example.org", "alice");

    private static Layout specification() {
        return LayoutTexts.valid(ShippedLayouts.specification());
    }

    private static Layout thirdParty() {
        return LayoutTexts.valid(ShippedLayouts.thirdParty());
    }

    private static boolean enters(Layout layout, String type, String branch, String comment) {
        TriggerEvent event =
                new TriggerEvent(type, "openstack/neutron", branch, null, null, null, 7, 1, comment, ALICE, List.of());
        return layout.pipeline("check").triggers().stream()
                .anyMatch(each -> each.matches(event, null, 0, "metaplugin"));
    }

    private static ChangeState change(String project, boolean open, boolean current, String... files) {
        return new ChangeState(
                project,
                "master",
                7,
                1,
                current,
                open,
                "NEW",
                List.of(),
                Stream.concat(Stream.of("/COMMIT_MSG"), Stream.of(files)).toList());
    }

    @Test
    public void theyAreAsciiAndHaveNoWarnings() {
        assertThat(ShippedLayouts.specification()).matches("\\A\\p{ASCII}*\\z");
        assertThat(ShippedLayouts.thirdParty()).matches("\\A\\p{ASCII}*\\z");
        assertThat(specification().warnings()).isEmpty();
        assertThat(thirdParty().warnings()).isEmpty();
    }

    @Test
    public void theSpecifications() {
        Layout layout = specification();
        assertThat(layout.pipelines()).hasSize(1);
        Pipeline check = layout.pipeline("check");
        assertThat(check.successMessage()).isEqualTo("Build succeeded.");
        assertThat(check.failureMessage())
                .isEqualTo(
                        "Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check. ('recheck' will be"
                                + " ignored.)");
        assertThat(check.reporters().success()).containsExactly(new Reporter("gerrit", Map.of("verified", "1")));
        assertThat(check.reporters().failure()).containsExactly(new Reporter("gerrit", Map.of("verified", "0")));
        assertThat(check.reporters().start()).isEmpty();
        assertThat(check.reporters().mergeFailure()).isEqualTo(check.reporters().failure());
        assertThat(layout.projectNames()).containsExactly("openstack/neutron");
        assertThat(layout.jobTree("check", "openstack/neutron"))
                .containsExactly(new JobNode(Job.named(JOB), List.of()));
    }

    @Test
    public void whatTheSpecificationsListensTo() {
        Layout layout = specification();
        assertThat(enters(layout, "patchset-created", "master", null)).isTrue();
        assertThat(enters(layout, "change-restored", "master", null)).isTrue();
        assertThat(enters(layout, "patchset-created", "stable/juno", null)).isFalse();
        assertThat(enters(layout, "patchset-created", "master2", null)).isFalse();
        assertThat(enters(layout, "change-merged", "master", null)).isFalse();
        for (String comment : List.of(
                "metaplugin-recheck",
                "Patch Set 1:\n\nmetaplugin-recheck",
                "Patch Set 2: Code-Review+1\n\nMETAPLUGIN-RECHECK \n")) {
            assertThat(enters(layout, "comment-added", "master", comment))
                    .as(comment)
                    .isTrue();
        }
        for (String comment : List.of(
                "recheck",
                "Patch Set 1:\n\nrecheck",
                "Patch Set 1:\n\nplease metaplugin-recheck",
                "Patch Set 1:\n\n" + layout.pipeline("check").failureMessage())) {
            assertThat(enters(layout, "comment-added", "master", comment))
                    .as(comment)
                    .isFalse();
        }
    }

    @Test
    public void theOneForOpenStackCommentsWithoutVotesAndSigns() {
        Layout layout = thirdParty();
        Pipeline check = layout.pipeline("check");
        Reporter comment = new Reporter("gerrit", Map.of());
        assertThat(check.reporters())
                .isEqualTo(new Reporters(List.of(), List.of(comment), List.of(comment), List.of(comment), List.of()));
        assertThat(check.footerMessage()).startsWith("Contact: https://wiki.openstack.org/");
        assertThat(check.require().allows(change("openstack/neutron", true, true), 0))
                .isTrue();
        assertThat(check.require().allows(change("openstack/neutron", false, true), 0))
                .isFalse();
        assertThat(check.require().allows(change("openstack/neutron", true, false), 0))
                .isFalse();
        assertThat(layout.projectNames()).containsExactly("openstack-dev/ci-sandbox", "openstack/neutron");
    }

    @Test
    public void whatTheOneForOpenStackListensTo() {
        Layout layout = thirdParty();
        for (String comment : List.of(
                "recheck",
                "metaplugin-recheck",
                "Patch Set 1:\n\nrecheck",
                "Patch Set 12: Code-Review+1 Workflow-1\n\nRecheck no bug\n",
                "Patch Set 1:\n\nrecheck bug 123",
                "Patch Set 1:\n\nrecheck bug #123",
                "Patch Set 1:\n\n(1 comment)\n\nrecheck",
                "Patch Set 1: Code-Review-1\n\n(12 comments)\n\nmetaplugin-recheck")) {
            assertThat(enters(layout, "comment-added", "master", comment))
                    .as(comment)
                    .isTrue();
        }
        for (String comment : List.of(
                "other-recheck",
                "please recheck",
                "Patch Set 1:\n\nplease do not recheck",
                "Patch Set 2: please do not recheck",
                "Patch Set 1:\n\nrecheck later",
                "Patch Set 1:\n\n" + layout.pipeline("check").failureMessage())) {
            assertThat(enters(layout, "comment-added", "master", comment))
                    .as(comment)
                    .isFalse();
        }
        assertThat(enters(layout, "comment-added", "stable/juno", "recheck")).isFalse();
    }

    @Test
    public void whatTheOneForOpenStackSkips() {
        Job job = LayoutTexts.job(thirdParty(), JOB);
        for (String skipped : List.of(
                "doc/source/index.rst",
                "README.rst",
                "neutron/tests/unit/test_db.py",
                "tools/misc-sanity-checks.sh",
                "setup.cfg",
                "tox.ini",
                "releasenotes/notes/x.yaml",
                ".gitignore")) {
            assertThat(job.appliesTo(change("openstack/neutron", true, true, skipped)))
                    .as(skipped)
                    .isFalse();
            assertThat(job.appliesTo(change("openstack/neutron", true, true, skipped, "neutron/db/api.py")))
                    .as(skipped)
                    .isTrue();
            assertThat(job.appliesTo(change("openstack-dev/ci-sandbox", true, true, skipped)))
                    .as(skipped)
                    .isTrue();
        }
        for (String run : List.of("neutron/db/api.py", "requirements.txt", "etc/policy.json", "devstack/plugin.sh")) {
            assertThat(job.appliesTo(change("openstack/neutron", true, true, run)))
                    .as(run)
                    .isTrue();
        }
        assertThat(job.appliesTo(change("openstack/neutron", true, true)))
                .as("a merge")
                .isTrue();
    }
}
