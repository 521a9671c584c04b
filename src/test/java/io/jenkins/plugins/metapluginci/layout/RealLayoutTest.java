package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.BeforeClass;
import org.junit.Test;

/** A layout as third parties had it in 2016, taken as it is: what is on behaves, what is off says so. */
public class RealLayoutTest {
    private static final String HUMAN = "alice";

    private static LayoutResult result;
    private static Layout layout;

    @BeforeClass
    public static void read() throws Exception {
        try (InputStream in = RealLayoutTest.class.getResourceAsStream("third-party-2016.yaml")) {
            result = LayoutParser.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), ParseOptions.DEFAULT);
        }
        assertThat(result.errors()).isEmpty();
        layout = result.layout();
    }

    @Test
    public void whatIsOffSaysSo() {
        assertThat(result.warnings())
                .extracting(Problem::toString)
                .satisfiesExactly(
                        each -> assertThat(each).startsWith("4:18: The include 'acme_functions.py' is off"),
                        each -> assertThat(each)
                                .isEqualTo("51:7: The reporter 'smtp' is off: only Gerrit is reported to."),
                        each -> assertThat(each).startsWith("70:14: The pipeline 'gate' is off"),
                        each -> assertThat(each).startsWith("101:7: The trigger 'timer' is off"),
                        each -> assertThat(each).startsWith("104:7: The reporter 'smtp' is off"),
                        each -> assertThat(each).startsWith("136:5: 'hold-following-changes' has no effect"),
                        each -> assertThat(each).startsWith("137:5: 'tags' has no effect"),
                        each -> assertThat(each)
                                .startsWith("139:25: Unable to find function set_acme_params: Python is not run here.")
                                .endsWith(": acme-upload."));
        assertThat(layout.warnings()).isEqualTo(result.warnings());
    }

    @Test
    public void pipelines() {
        assertThat(layout.pipelines())
                .extracting(Pipeline::name)
                .containsExactly("check", "experimental", "post", "periodic");
        Pipeline check = layout.pipeline("check");
        assertThat(check.description())
                .isEqualTo(
                        "Newly uploaded patchsets enter this pipeline. Comment \"recheck\" or \"acme-recheck\" for another"
                                + " run.\nResults are advisory.\n");
        assertThat(check.failureMessage()).contains("\u2013 merci");
        assertThat(check.footerMessage()).isEqualTo("For CI problems and help debugging, contact ci@example.org\n");
        assertThat(check.precedence()).isEqualTo(Precedence.LOW);
        assertThat(check.disableAfter()).isEqualTo(10);
        assertThat(check.reporters().success())
                .containsExactly(new Reporter("gerrit", Map.of("verified", "1", "force-message", "true")));
        assertThat(check.reporters().failure()).containsExactly(new Reporter("gerrit", Map.of("verified", "-1")));
        assertThat(check.reporters().mergeFailure()).containsExactly(new Reporter("gerrit", Map.of()));
        assertThat(check.reporters().start()).isEmpty();
        assertThat(check.reporters().disabled()).isEmpty();
        Pipeline experimental = layout.pipeline("experimental");
        assertThat(experimental.ignoreDependencies()).isTrue();
        assertThat(experimental.dequeueOnNewPatchset()).isFalse();
        assertThat(layout.pipeline("periodic").triggers()).isEmpty();
        assertThat(layout.pipeline("gate")).isNull();
    }

    @Test
    public void whatEnters() {
        assertThat(entered(event("patchset-created", "master", null))).containsExactly("check");
        assertThat(entered(event("patchset-created", "stable/juno", null))).containsExactly("check");
        assertThat(entered(event("patchset-created", "stable/icehouse", null))).isEmpty();
        assertThat(entered(event("change-restored", "stable/icehouse", null))).containsExactly("check");
        for (String comment : List.of("recheck", "Patch Set 3:\n\nacme-recheck", "Patch Set 3:\n\nRecheck bug 123")) {
            assertThat(entered(event("comment-added", "master", comment)))
                    .as(comment)
                    .containsExactly("check");
        }
        assertThat(entered(event("comment-added", "master", "Patch Set 1:\n\ncheck acme experimental")))
                .containsExactly("experimental");
        assertThat(entered(event("comment-added", "master", "please look"))).isEmpty();
        assertThat(entered(updated("master", "a".repeat(40)))).containsExactly("post");
        assertThat(entered(updated("master", "0".repeat(40)))).containsExactly("post");
        assertThat(entered(updated("refs/tags/1.0", "a".repeat(40)))).isEmpty();
    }

    @Test
    public void requirements() {
        Pipeline check = layout.pipeline("check");
        Approval ready = new Approval("workflow", 1, 0, new Account("A", "a@example.org", HUMAN));
        Approval notReady = new Approval("workflow", -1, 0, ready.by());
        assertThat(allowed(check, change("master", true, List.of(ready)))).isTrue();
        assertThat(allowed(check, change("master", false, List.of(ready)))).isFalse();
        assertThat(allowed(check, change("master", true, List.of(ready, notReady))))
                .isFalse();
    }

    @Test
    public void jobsAndWhatRunsAfterThem() {
        assertThat(tree(layout.jobTree("check", "openstack/neutron")))
                .isEqualTo("[neutron-acme-syntax[dsvm-acme[], dsvm-acme-lbaas-nv[], acme-hardware[]], noop[]]");
        assertThat(tree(layout.jobTree("experimental", "openstack/neutron"))).isEqualTo("[grenade-acme[]]");
        assertThat(tree(layout.jobTree("post", "openstack/neutron"))).isEqualTo("[acme-docs[]]");
        assertThat(layout.jobTree("gate", "openstack/neutron")).isEmpty();
        assertThat(layout.jobTree("check", "openstack/nova")).isEmpty();
        assertThat(layout.projects().get("stackforge/networking-acme").mergeMode())
                .isEqualTo(MergeMode.CHERRY_PICK);
        assertThat(layout.projectNames()).containsExactly("openstack/neutron", "stackforge/networking-acme");
        assertThat(layout.jobNames())
                .containsExactly(
                        "acme-docs",
                        "acme-hardware",
                        "dsvm-acme",
                        "dsvm-acme-lbaas-nv",
                        "grenade-acme",
                        "neutron-acme-syntax");
        assertThat(result.definedJobs()).contains("acme-upload", "acme-announce", "noop");
    }

    @Test
    public void whatJobsInherit() {
        Job dsvm = LayoutTexts.job(layout, "dsvm-acme");
        assertThat(dsvm.attempts()).isEqualTo(2);
        assertThat(dsvm.parameterFunction()).isEqualTo(ParameterFunction.SINGLE_USE_NODE);
        assertThat(dsvm.failureMessage()).isEqualTo("FAILURE (ask on IRC)");
        assertThat(dsvm.successMessage()).isNull();
        assertThat(dsvm.successPattern()).startsWith("http://logs.example.org/");
        assertThat(dsvm.appliesTo(change("master", "doc/a.rst"))).isFalse();
        assertThat(dsvm.appliesTo(change("master", "doc/a.rst", "neutron/a.py")))
                .isTrue();
        assertThat(dsvm.appliesTo(change("stable/juno", "neutron/a.py"))).isFalse();
        Job lbaas = LayoutTexts.job(layout, "dsvm-acme-lbaas-nv");
        assertThat(lbaas.voting()).isFalse();
        assertThat(lbaas.appliesTo(change("master", "neutron/a.py"))).isFalse();
        assertThat(lbaas.appliesTo(change("master", "neutron_lbaas/a.py"))).isTrue();
        assertThat(LayoutTexts.job(layout, "acme-hardware").mutex()).isEqualTo("acme-rack-1");
        Job grenade = LayoutTexts.job(layout, "grenade-acme");
        assertThat(grenade.successMessage()).isEqualTo("Acme is fine");
        assertThat(grenade.attempts()).isEqualTo(Job.ATTEMPTS);
        assertThat(LayoutTexts.job(layout, "noop").noop()).isTrue();
    }

    private static List<String> entered(TriggerEvent event) {
        ChangeState change = change("master", true, List.of());
        return layout.pipelines().stream()
                .filter(pipeline -> pipeline.triggers().stream().anyMatch(each -> each.matches(event, change, 0, null)))
                .map(Pipeline::name)
                .toList();
    }

    private static boolean allowed(Pipeline pipeline, ChangeState change) {
        return Stream.of(pipeline.require(), pipeline.reject())
                .allMatch(each -> each == null || each.allows(change, 0));
    }

    private static TriggerEvent event(String type, String branch, String comment) {
        Account account = new Account("A", "a@example.org", HUMAN);
        return new TriggerEvent(type, "openstack/neutron", branch, null, null, null, 7, 1, comment, account, List.of());
    }

    private static TriggerEvent updated(String ref, String newrev) {
        return new TriggerEvent(
                "ref-updated", "openstack/neutron", null, ref, "b".repeat(40), newrev, 0, 0, null, null, List.of());
    }

    private static ChangeState change(String branch, boolean open, List<Approval> approvals) {
        return new ChangeState(
                "openstack/neutron", branch, 7, 1, true, open, "NEW", approvals, List.of("/COMMIT_MSG", "a"));
    }

    private static ChangeState change(String branch, String... files) {
        return new ChangeState(
                "openstack/neutron",
                branch,
                7,
                1,
                true,
                true,
                "NEW",
                List.of(),
                Stream.concat(Stream.of("/COMMIT_MSG"), Stream.of(files)).toList());
    }

    private static String tree(List<JobNode> nodes) {
        return nodes.stream()
                .map(each -> each.job().name() + tree(each.children()))
                .toList()
                .toString();
    }
}
