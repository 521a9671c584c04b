package io.jenkins.plugins.metapluginci.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gargoylesoftware.htmlunit.FailingHttpStatusCodeException;
import com.gargoylesoftware.htmlunit.HttpMethod;
import com.gargoylesoftware.htmlunit.WebRequestSettings;
import com.gargoylesoftware.htmlunit.html.HtmlForm;
import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.gargoylesoftware.htmlunit.html.HtmlTextArea;
import hudson.model.FreeStyleProject;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.labels.LabelAtom;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.HarnessCase;
import java.net.URL;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.httpclient.NameValuePair;

/** The job's forms and its config.xml, in the core's own harness. */
public class JobFormHarnessTest extends HarnessCase {
    private static final String NASTY = "[ -e \"/x y\" ] && echo '{a: b} <&>' ü\nnull\n\"quoted\"";

    public void testNewItemPageMakesAJobWithTheDefaults() throws Exception {
        HtmlPage page = client().goTo("newJob");
        assertThat(page.asText()).contains("Third-party CI job (devstack-gate)", "runs devstack-gate with your hooks");
        HtmlForm form = page.getForms().stream()
                .filter(f -> f.getActionAttribute().equals("createItem"))
                .findFirst()
                .orElseThrow();
        form.getInputByName("name").setValueAttribute("check-metaplugin");
        form.getInputByValue(DevstackGateProject.DescriptorImpl.class.getName()).click();
        submit(form);
        DevstackGateProject job = (DevstackGateProject) hudson.getItem("check-metaplugin");
        GateSettings settings = job.getSettings();
        assertThat(settings.check()).isEmpty();
        assertThat(job.getAssignedLabel()).isEqualTo(hudson.getLabel("devstack_slave"));
        assertThat(job.isConcurrentBuild()).isTrue();
        assertThat(job.getQuietPeriod()).isZero();
        assertThat(job.getBuilders()).hasSize(1).first().isInstanceOf(DevstackGateStep.class);
        assertThat(settings.getTimeLimit()).isEqualTo("60");
        assertThat(settings.getCleanupPaths()).isEqualTo("/opt/stack/logs\n/opt/stack/new");
        assertThat(settings.getBridges()).isEqualTo("br-int\nbr-ex\nbr-tun");
        assertThat(settings.plan().environmentWithLimits())
                .containsEntry("LANG", "C")
                .containsEntry("DEVSTACK_GATE_TEMPEST_REGEX", "tempest.api.network")
                .containsEntry("DEVSTACK_GATE_TIMEOUT", "50")
                .containsEntry("BUILD_TIMEOUT", "3600000");
        assertHasBranch(job);
    }

    public void testFormRoundTripOfEveryField() throws Exception {
        DevstackGateProject job = createJob();
        GateSettings before = everyField();
        job.setSettings(before);
        submit(client().getPage(job, "configure").getFormByName("config"));
        assertSame(before, job.getSettings());
        assertHasBranch(job);
        submit(client().getPage(job, "configure").getFormByName("config"));
        assertSame(before, job.getSettings());
    }

    public void testFormWithEmptyTablesAndUncheckedBox() throws Exception {
        DevstackGateProject job = createJob();
        GateSettings before = everyField()
                .draft()
                .text("timeLimit", "60")
                .environment(List.of())
                .files(List.of())
                .concurrent(false)
                .settings();
        job.setSettings(before);
        submit(client().getPage(job, "configure").getFormByName("config"));
        assertSame(before, job.getSettings());
        assertThat(job.isConcurrentBuild()).isFalse();
    }

    public void testConfigXmlRoundTrip() throws Exception {
        DevstackGateProject job = createJob();
        GateSettings before = everyField();
        job.setSettings(before);
        String xml = Files.readString(job.getConfigFile().getFile().toPath());
        job.setSettings(new GateSettings());
        post(job, xml);
        assertSame(before, job.getSettings());
        hudson.reload();
        assertSame(before, ((DevstackGateProject) hudson.getItem(job.getName())).getSettings());
    }

    public void testBadValueInTheFormIsNamedAndNothingIsLost() throws Exception {
        DevstackGateProject job = createJob();
        GateSettings before = everyField();
        job.setSettings(before);
        job.setDescription("as it was");
        HtmlForm form = client().getPage(job, "configure").getFormByName("config");
        ((HtmlTextArea) form.getTextAreaByName("gate.cleanupPaths")).setText("/home");
        ((HtmlTextArea) form.getTextAreaByName("gate.gateHook")).setText("if true; then");
        ((HtmlTextArea) form.getTextAreaByName("description")).setText("changed");
        assertThatThrownBy(() -> submit(form))
                .isInstanceOfSatisfying(
                        FailingHttpStatusCodeException.class,
                        e -> assertThat(e.getResponse().getContentAsString())
                                .contains("2 values cannot be used. Nothing was saved.")
                                .containsPattern("Paths to remove: .*/home.* cannot be removed")
                                .contains("gate_hook: gate_hook is not valid bash: line "));
        assertSame(before, job.getSettings());
        assertThat(job.getDescription()).isEqualTo("as it was");
        assertHasBranch(job);
    }

    public void testFormThatOmitsOursAndTheCoresKeepsLabelConcurrencyAndSteps() throws Exception {
        DevstackGateProject job = createJob();
        GateSettings before = everyField();
        job.setSettings(before);
        WebRequestSettings request =
                new WebRequestSettings(new URL(getURL(), job.getUrl() + "configSubmit"), HttpMethod.POST);
        addCrumb(request);
        request.setRequestParameters(
                List.of(new NameValuePair("json", "{\"description\":\"x\"}"), new NameValuePair("description", "x")));
        client().getPage(request);
        assertThat(job.getDescription()).isEqualTo("x");
        assertSame(before, job.getSettings());
        assertThat(job.getAssignedLabel()).isEqualTo(new LabelAtom("other"));
        assertThat(job.isConcurrentBuild()).isTrue();
        assertThat(job.getBuilders()).hasSize(1);
        assertHasBranch(job);
    }

    public void testConfigXmlWithoutOursHasTheDefaults() throws Exception {
        String empty =
                "<" + DevstackGateProject.class.getName() + "><settings/><properties/><scm class='hudson.scm.NullSCM'/>"
                        + "<canRoam>true</canRoam><triggers class='vector'/><builders/><publishers/><buildWrappers/></"
                        + DevstackGateProject.class.getName() + ">";
        DevstackGateProject job = createJob();
        job.setSettings(everyField());
        post(job, empty);
        assertSame(new GateSettings(), job.getSettings());
        assertThat(job.getAssignedLabelString()).isEqualTo("devstack_slave");
        assertHasBranch(job);
        DevstackGateProject made = (DevstackGateProject) hudson.createProjectFromXML(
                "made",
                new java.io.ByteArrayInputStream(
                        empty.replace("<settings/>", "").getBytes()));
        assertSame(new GateSettings(), made.getSettings());
        assertHasBranch(made);
    }

    public void testBadConfigXmlIsRefusedAndNothingIsLost() throws Exception {
        DevstackGateProject job = createJob();
        GateSettings before = everyField();
        job.setSettings(before);
        String xml = Files.readString(job.getConfigFile().getFile().toPath());
        assertThatThrownBy(() -> post(job, xml.replaceFirst("<timeLimit>[^<]*", "<timeLimit>soon")))
                .isInstanceOfSatisfying(
                        FailingHttpStatusCodeException.class,
                        e -> assertThat(e.getResponse().getContentAsString()).contains("whole number of minutes"));
        assertSame(before, job.getSettings());
        assertThat(Files.readString(job.getConfigFile().getFile().toPath())).isEqualTo(xml);
        assertHasBranch(job);
    }

    public void testFieldsAreCheckedWhileTheyAreTyped() throws Exception {
        DevstackGateProject job = createJob();
        String page = client().getPage(job, "configure").getWebResponse().getContentAsString();
        for (String field : List.of("NodeLabel", "TimeLimit", "CleanupPaths", "Bridges", "GateDirectory")) {
            assertThat(page).contains(GateSettings.class.getName() + "/check" + field + "'");
        }
        assertThat(page).as("1.395 would put them into an URL").doesNotContain("/checkGateText", "/checkMatrix");
        assertThat(check(job, "CleanupPaths", "/opt/mine%0A/home")).contains("class=error", "cannot be removed");
        assertThat(check(job, "CleanupPaths", "/opt/mine%0A/srv/a/b")).isEqualTo("<div/>");
        assertThat(check(job, "Bridges", "br-int%0Abr int")).contains("class=error", "br int");
        assertThat(check(job, "MatrixText", "{a: [")).contains("class=error", "not valid YAML");
        assertThat(check(job, "GateText", "if true")).contains("class=error", "not valid bash");
        assertThat(check(job, "PreTestText", "echo%0D%0Aecho")).isEqualTo("<div/>");
        assertThat(check(job, "PostTestText", "done")).contains("class=error", "post_test_hook is not valid bash");
        assertThat(new GateSettings.DescriptorImpl().doCheckGateText(null, "if true").kind)
                .as("bash is asked for those only who may configure the job")
                .isEqualTo(FormValidation.Kind.OK);
    }

    private String check(DevstackGateProject job, String field, String value) throws Exception {
        return client().goTo(
                        job.getUrl() + "descriptorByName/" + GateSettings.class.getName() + "/check" + field + "?value="
                                + value.replace(" ", "%20"),
                        "text/html")
                .getWebResponse()
                .getContentAsString();
    }

    public void testEveryFieldHasHelp() throws Exception {
        HtmlPage page = client().getPage(createJob(), "configure");
        for (String field : GateSettings.Draft.TEXTS) {
            assertHelp(page, field);
        }
        for (String field : Arrays.asList("concurrent", "environment", "files", "publishing")) {
            assertHelp(page, field);
        }
    }

    public void testBuildNowAsksForTheBranch() throws Exception {
        FreeStyleProject other = createFreeStyleProject();
        assertThat(other.isParameterized()).isFalse();
        WebClient client = client();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlPage page = client.getPage(createJob(), "build?delay=0sec");
        assertThat(page.asXml()).contains("ZUUL_BRANCH", "master");
    }

    private void assertHelp(HtmlPage page, String field) throws Exception {
        String url = "/descriptor/" + GateSettings.class.getName() + "/help/" + field;
        assertThat(page.asXml()).describedAs(field).contains(url);
        assertThat(client().goTo(url.substring(1), "text/html").getWebResponse().getContentAsString())
                .describedAs(field)
                .contains("<div>");
    }

    private DevstackGateProject createJob() throws Exception {
        return hudson.createProject(
                DevstackGateProject.class, "job" + hudson.getItems().size());
    }

    private void post(DevstackGateProject job, String xml) throws Exception {
        WebRequestSettings request =
                new WebRequestSettings(new URL(getURL(), job.getUrl() + "config.xml"), HttpMethod.POST);
        request.setAdditionalHeader("Content-Type", "application/xml;charset=UTF-8");
        request.setCharset("UTF-8");
        addCrumb(request);
        request.setRequestBody(xml);
        client().getPage(request);
    }

    private void addCrumb(WebRequestSettings request) {
        request.setAdditionalHeader(
                hudson.getCrumbIssuer().getDescriptor().getCrumbRequestField(),
                hudson.getCrumbIssuer().getCrumb(null));
    }

    private static GateSettings everyField() {
        return new GateSettings()
                .draft()
                .text("nodeLabel", "other")
                .text("timeLimit", "15")
                .text("cleanupPaths", "/opt/one/two\n/srv/a/b c")
                .text("bridges", "br-other")
                .text("gateDirectory", "/opt/gate")
                .text("featureMatrix", "{a: [b, \"c\"]}")
                .text("preTestHook", NASTY)
                .text("gateHook", "[ -e x ]")
                .text("postTestHook", "'x'")
                .text("rebootCommand", "sudo -n \"/sbin/reboot\"")
                .text("daysToKeep", "")
                .text("buildsToKeep", "7")
                .concurrent(true)
                .environment(List.of(
                        new EnvironmentVariable("DEVSTACK_GATE_TIMEOUT", "12"),
                        new EnvironmentVariable("NASTY", "\"a b\" $HOME [x]"),
                        new EnvironmentVariable("EMPTY", "")))
                .files(List.of(
                        new ThirdPartyFile("lib/neutron_thirdparty/metaplugin", NASTY), new ThirdPartyFile("x", "[y]")))
                .settings();
    }

    private static void assertSame(GateSettings expected, GateSettings actual) {
        assertThat(actual).usingRecursiveComparison(sameWhenUnset()).isEqualTo(expected);
    }

    private static org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration sameWhenUnset() {
        return org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration.builder()
                .withIntrospectionStrategy(new org.assertj.core.api.recursive.comparison.ComparingProperties())
                .withIgnoredFields("descriptor")
                .build();
    }

    private static void assertHasBranch(DevstackGateProject job) {
        ParametersDefinitionProperty property = job.getProperty(ParametersDefinitionProperty.class);
        assertThat(property.getParameterDefinitionNames()).containsOnlyOnce("ZUUL_BRANCH");
    }
}
