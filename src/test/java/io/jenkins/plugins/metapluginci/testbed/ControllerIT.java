package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.Test;

/** The controller of the test bed is what the acceptance tests take it for. */
public class ControllerIT {

    private static final String FREESTYLE = """
            <?xml version='1.0' encoding='UTF-8'?>
            <project>
              <description>before</description>
              <scm class="hudson.scm.NullSCM"/>
              <canRoam>true</canRoam>
              <triggers class="vector"/>
              <builders><hudson.tasks.Shell><command>echo built as $(whoami)</command></hudson.tasks.Shell></builders>
              <publishers/>
              <buildWrappers/>
            </project>
            """;

    private final Controller controller = TestBed.get().controller();
    private final JenkinsClient admin = controller.admin();

    @Test
    public void thePluginIsInstalledAndActive() {
        assertThat(admin.plugins()).containsKey("metaplugin-ci");
    }

    @Test
    public void anonymousSeesNothing() {
        JenkinsClient anonymous = controller.anonymous();
        assertThat(anonymous.get("").status()).isEqualTo(403);
        assertThat(anonymous.get("api/json").status()).isEqualTo(403);
        assertThat(anonymous.crumb()).as("crumb for tests").isPresent();
        assertThat(anonymous.postXml("createItem?name=x", FREESTYLE).status()).isEqualTo(403);
        assertThat(admin.jobs()).doesNotContain("x");
    }

    @Test
    public void theReaderMayReadAndBuildOnly() {
        admin.createJob("readers", FREESTYLE);
        try {
            JenkinsClient reader = controller.reader();
            assertThat(reader.jobs()).contains("readers");
            assertThat(reader.get("manage").status()).isEqualTo(403);
            assertThat(reader.get("job/readers/configure").status()).isEqualTo(403);
            assertThat(reader.postXml("createItem?name=x", FREESTYLE).status()).isEqualTo(403);
            assertThat(reader.post("job/readers/doDelete").status()).isEqualTo(403);
            reader.schedule("readers");
            Await.until(
                    "the reader's build",
                    java.time.Duration.ofSeconds(30),
                    () -> !admin.builds("readers").isEmpty());
            JenkinsClient.Build build = admin.awaitBuild("readers", 1, java.time.Duration.ofSeconds(30));
            assertThat(build.result()).isEqualTo("SUCCESS");
            assertThat(admin.console("readers", 1)).contains("built as");
        } finally {
            admin.deleteJob("readers");
        }
        assertThat(admin.jobs()).doesNotContain("readers");
    }

    @Test
    public void aWrongPasswordIsRefused() {
        JenkinsClient stranger = new JenkinsClient(controller.url(), new Account("admin", "guess"));
        assertThat(stranger.get("api/json").status()).isEqualTo(401);
    }

    @Test
    public void aPostNeedsACrumb() {
        assertThat(admin.withoutCrumbs()
                        .post("createItem", Map.of("name", "crumbless"))
                        .status())
                .isEqualTo(403);
        assertThat(admin.jobs()).doesNotContain("crumbless");
    }

    @Test
    public void aJobFromTheNewItemPageIsConfiguredWithItsForm() {
        String label = admin.itemTypes().stream()
                .filter(type -> type.toLowerCase(java.util.Locale.ROOT).contains("free"))
                .findFirst()
                .orElseThrow();
        admin.createJobFromNewItemPage("by form", label);
        try {
            HtmlForm form = admin.form("job/by%20form/configure");
            form.set("description", "said with <b> & \"quotes\" and\nlines");
            assertThat(form.submit().ok().status()).isEqualTo(302);
            assertThat(admin.form("job/by%20form/configure").value("description"))
                    .isEqualToNormalizingNewlines("said with <b> & \"quotes\" and\nlines");
        } finally {
            admin.deleteJob("by form");
        }
    }

    @Test
    public void aFormSubmittedAsItIsChangesNothing() {
        String retention = """
                <logRotator class="hudson.tasks.LogRotator">
                  <daysToKeep>3</daysToKeep><numToKeep>5</numToKeep>
                  <artifactDaysToKeep>-1</artifactDaysToKeep><artifactNumToKeep>-1</artifactNumToKeep>
                </logRotator>
                <concurrentBuild>true</concurrentBuild>
                """;
        admin.createJob("unchanged", FREESTYLE.replace("<description>", retention + "<description>"));
        try {
            assertThat(admin.form("job/unchanged/configure").submit().ok().status())
                    .isEqualTo(302);
            assertThat(admin.configXml("unchanged"))
                    .contains("<daysToKeep>3<", "<numToKeep>5<", "<concurrentBuild>true<", "echo built as $(whoami)");
        } finally {
            admin.deleteJob("unchanged");
        }
    }

    @Test
    public void killedAndStartedAgainItIsTheSame() {
        admin.createJob("survivor", FREESTYLE);
        long before = controller.pid();
        controller.kill9();
        assertThat(controller.isAlive()).isFalse();
        controller.start();
        assertThat(controller.pid()).isNotEqualTo(before);
        assertThat(admin.jobs()).contains("survivor");
        assertThat(admin.plugins()).containsKey("metaplugin-ci");
        admin.deleteJob("survivor");
    }
}
