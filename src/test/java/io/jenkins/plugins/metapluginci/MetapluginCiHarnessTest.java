package io.jenkins.plugins.metapluginci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.gargoylesoftware.htmlunit.html.HtmlForm;
import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration;
import io.jenkins.plugins.metapluginci.gerrit.GerritState;
import io.jenkins.plugins.metapluginci.node.Nodes;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** The engine on a controller: there with the jobs, configured at once, gone with the plugin. */
public class MetapluginCiHarnessTest extends HarnessCase {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIcUhVbAN6JtAQUh/yx+vA/3Woq4PGriKjScyCDoIfDS";

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .collect(Collectors.toSet());
    }

    public void testStartsWithTheJobsAndStopsWithThePlugin() throws Exception {
        assertThat(hudson.getPluginManager().getPlugin("metaplugin-ci").getPlugin())
                .isInstanceOf(MetapluginCiPlugin.class);
        MetapluginCi engine = MetapluginCi.get();
        assertThat(engine.home()).isEqualTo(hudson.getRootDir().toPath().resolve("metaplugin-ci"));
        assertThat(Nodes.lifecycle()).isNotNull().isSameAs(engine.nodes());
        assertThat(threads()).contains("Metaplugin CI scheduler");
        assertThat(engine.gerrit().state().phase()).isEqualTo(GerritState.Phase.STOPPED);

        new MetapluginCiPlugin.Loaded().onLoaded();
        assertThat(MetapluginCi.get()).as("told twice, started once").isSameAs(engine);

        MetapluginCi.stop();
        MetapluginCi.stop();
        assertThat(MetapluginCi.get()).isNull();
        assertThat(Nodes.lifecycle()).as("every node is vetoed").isNull();
        await().untilAsserted(() -> assertThat(threads()).doesNotContain("Metaplugin CI scheduler"));
        JsonObject nothing = JsonParser.parseString(status()).getAsJsonObject();
        assertThat(nothing.keySet()).isEmpty();

        new MetapluginCiPlugin.Loaded().onLoaded();
        assertThat(MetapluginCi.get()).isNotNull().isNotSameAs(engine);
    }

    public void testASavedPageConnectsAtOnceAndShowsWhatIsWrong() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocket free = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int port = silent.getLocalPort();
            int gitPort = free.getLocalPort();
            silent.close(); // nobody listens there now
            free.close();
            HtmlForm form = ((HtmlPage) client().goTo("metaplugin-ci/configure/")).getFormByName("config");
            form.getInputByName("_.gerritHost").setValueAttribute("127.0.0.1");
            form.getInputByName("_.gerritPort").setValueAttribute(Integer.toString(port));
            form.getInputByName("_.gerritUser").setValueAttribute("ci");
            form.getInputByName("_.gerritKeyFile").setValueAttribute("/nonexistent/key");
            form.getTextAreaByName("_.gerritHostKeys").setText(KEY);
            form.getInputByName("_.controllerUrl").setValueAttribute(getURL().toString());
            form.getInputByName("_.gitAddress").setValueAttribute("127.0.0.1");
            form.getInputByName("_.gitPort").setValueAttribute(Integer.toString(gitPort));
            submit(form);
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            JsonObject gerrit =
                    JsonParser.parseString(status()).getAsJsonObject().getAsJsonObject("gerrit");
            assertThat(gerrit.get("phase").getAsString()).isIn("WAITING", "REFUSED");
            assertThat(gerrit.get("reason").getAsString()).isNotBlank();
            assertThat(gerrit.get("nextAttemptAt").getAsLong()).isPositive();
        });
        HtmlForm form = ((HtmlPage) client().goTo("metaplugin-ci/configure/")).getFormByName("config");
        form.getInputByName("_.takeEvents").setChecked(false);
        submit(form);
        assertThat(MetapluginCi.get().gerrit().state().phase()).isEqualTo(GerritState.Phase.STOPPED);
        assertThat(MetapluginCiConfiguration.get().settings().gerritHost()).isEqualTo("127.0.0.1");
    }

    private String status() throws Exception {
        return client().goTo("metaplugin-ci/configure/status", "application/json")
                .getWebResponse()
                .getContentAsString();
    }
}
