package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.gargoylesoftware.htmlunit.HttpMethod;
import com.gargoylesoftware.htmlunit.WebRequestSettings;
import com.gargoylesoftware.htmlunit.html.HtmlForm;
import com.gargoylesoftware.htmlunit.html.HtmlInput;
import com.gargoylesoftware.htmlunit.html.HtmlOption;
import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.gargoylesoftware.htmlunit.html.HtmlSelect;
import hudson.model.Hudson;
import hudson.model.Node;
import hudson.model.Slave;
import hudson.security.GlobalMatrixAuthorizationStrategy;
import hudson.slaves.CommandLauncher;
import hudson.slaves.RetentionStrategy;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.Nodes;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.List;
import org.jvnet.hudson.test.HudsonTestCase;

/** The form that adds a node, with the launchers that the core and SSH Slaves bring. */
public class AddNodePageHarnessTest extends HudsonTestCase {
    private static final String ADD = "metaplugin-ci/nodes/add/";

    private WebClient client() {
        WebClient client = new WebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        return client;
    }

    private HtmlPage page() throws Exception {
        return (HtmlPage) client().goTo(ADD);
    }

    private static void type(HtmlForm form, String field, String value) {
        form.getInputByName("_." + field).setValueAttribute(value);
    }

    private static HtmlSelect launchers(HtmlForm form) {
        return (HtmlSelect) form.getElementsByTagName("select").stream()
                .filter(select -> select.asText().contains("Launch"))
                .findFirst()
                .orElseThrow();
    }

    private static void choose(HtmlForm form, String words) {
        HtmlSelect select = launchers(form);
        HtmlOption option = select.getOptions().stream()
                .filter(each -> each.asText().contains(words))
                .findFirst()
                .orElseThrow();
        select.setSelectedAttribute(option, true);
    }

    public void testTheFormIsTheSpecificationWithSshFirst() throws Exception {
        HtmlForm form = page().getFormByName("addNode");

        assertThat(form.getInputByName("_.labels").getValueAttribute()).isEqualTo("devstack_slave");
        assertThat(form.getInputByName("_.executors").getValueAttribute()).isEqualTo("1");
        assertThat(form.getInputByName("_.root").getValueAttribute()).isEqualTo("/home/jenkins/workspaces");
        assertThat(launchers(form).getOptions().get(0).asText()).contains("SSH");
        assertThat(launchers(form).getOptions()).hasSizeGreaterThan(2);
        String text = page().getWebResponse().getContentAsString();
        assertThat(text).contains("root='/home/jenkins/workspaces'").contains("/etc/sudoers.d/metaplugin-ci");
    }

    public void testANodeBySsh() throws Exception {
        HtmlForm form = page().getFormByName("addNode");
        type(form, "name", "ssh-node");
        type(form, "host", "192.0.2.1");
        type(form, "username", "jenkins");
        type(form, "privatekey", "/var/lib/jenkins/node_rsa");
        form.getInputByName("_.prepare").setChecked(false);
        submit(form);

        Slave node = (Slave) hudson.getNode("ssh-node");
        assertThat(node.getLabelString()).isEqualTo("devstack_slave");
        assertThat(node.getNumExecutors()).isEqualTo(1);
        assertThat(node.getRemoteFS()).isEqualTo("/home/jenkins/workspaces");
        assertThat(node.getMode()).isEqualTo(Node.Mode.NORMAL);
        assertThat(node.getRetentionStrategy()).isInstanceOf(RetentionStrategy.Always.class);
        Object launcher = node.getLauncher();
        assertThat(launcher.getClass().getSimpleName()).isEqualTo("SSHLauncher");
        assertThat(launcher.getClass().getMethod("getHost").invoke(launcher)).isEqualTo("192.0.2.1");
        assertThat(launcher.getClass().getMethod("getUsername").invoke(launcher))
                .isEqualTo("jenkins");
        NodeLifecycle lifecycle = Nodes.lifecycle();
        assertThat(lifecycle.record("ssh-node")).as("its life begins").isNotNull();
    }

    public void testANodeByAnotherLauncher() throws Exception {
        HtmlForm form = page().getFormByName("addNode");
        type(form, "name", "command-node");
        choose(form, "via execution of command");
        type(form, "command", "exit 1");
        submit(form);

        CommandLauncher launcher = (CommandLauncher) ((Slave) hudson.getNode("command-node")).getLauncher();
        assertThat(launcher.getCommand()).isEqualTo("exit 1");
    }

    public void testARefusedFormShowsEveryProblemAndLosesNothing() throws Exception {
        createSlave();
        String taken = hudson.getNodes().get(0).getNodeName();
        HtmlForm form = page().getFormByName("addNode");
        type(form, "name", taken);
        type(form, "labels", "a b/c");
        type(form, "executors", "0");
        type(form, "root", "../x");
        type(form, "host", "192.0.2.7");
        type(form, "privatekey", "/some/key");
        HtmlPage refused = (HtmlPage) submit(form);

        assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(400);
        assertThat(refused.getElementById("metaplugin-ci-problems").asText())
                .contains("There is a node " + taken + " already", "labels:", "executors:", "root:");
        HtmlForm again = refused.getFormByName("addNode");
        for (List<String> field : List.of(
                List.of("name", taken),
                List.of("labels", "a b/c"),
                List.of("executors", "0"),
                List.of("root", "../x"),
                List.of("host", "192.0.2.7"),
                List.of("privatekey", "/some/key"))) {
            HtmlInput input = again.getInputByName("_." + field.get(0));
            assertThat(input.getValueAttribute()).as(field.get(0)).isEqualTo(field.get(1));
        }
        assertThat(hudson.getNodes()).hasSize(1);

        type(again, "name", "now-right");
        type(again, "labels", "a b");
        type(again, "executors", "2");
        type(again, "root", "/srv/agent");
        submit(again);
        assertThat(((Slave) hudson.getNode("now-right")).getRemoteFS()).isEqualTo("/srv/agent");
    }

    public void testOnlyByPostAndOnlyForAdministrators() throws Exception {
        WebRequestSettings get = new WebRequestSettings(new URL(getURL(), ADD + "submit"), HttpMethod.GET);
        assertThat(client().getPage(get).getWebResponse().getStatusCode()).isEqualTo(405);
        WebClient client = client();
        WebRequestSettings empty = new WebRequestSettings(new URL(getURL(), ADD + "submit"), HttpMethod.POST);
        assertThat(client.getPage(client.addCrumb(empty)).getWebResponse().getStatusCode())
                .isEqualTo(400);

        hudson.setSecurityRealm(createDummySecurityRealm());
        GlobalMatrixAuthorizationStrategy everybodyReads = new GlobalMatrixAuthorizationStrategy();
        everybodyReads.add(Hudson.READ, "anonymous");
        hudson.setAuthorizationStrategy(everybodyReads);
        for (String path : List.of(ADD, ADD + "submit")) {
            HttpURLConnection connection = (HttpURLConnection) new URL(getURL(), path).openConnection();
            assertThat(connection.getResponseCode()).as(path).isIn(401, 403);
        }
    }

    public void testHelpOfEveryField() throws Exception {
        WebClient client = client();
        for (String field : List.of("name", "labels", "executors", "root", "launcher", "prepare")) {
            String path = "descriptor/" + AddNodeForm.class.getName() + "/help/" + field;
            assertThat(client.goTo(path, "text/html")
                            .getWebResponse()
                            .getContentAsString()
                            .trim())
                    .as(field)
                    .startsWith("<div>");
        }
    }
}
