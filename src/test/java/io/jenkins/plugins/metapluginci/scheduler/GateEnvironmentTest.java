package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class GateEnvironmentTest {
    private static final String UUID = "bf0f21577026492a985ca98a9ea14cc1";
    private static final Change CHANGE = new Change(
            "openstack/neutron",
            "master",
            60105,
            3,
            "refs/changes/05/60105/3",
            "c0ffee",
            "https://g/60105",
            "A subject");
    private static final ChangeEvent.Person PERSON = new ChangeEvent.Person("Dev Eloper", "dev@example.org", "dev");

    /** The table of zuul-v2-contract.md §6.2. */
    @Test
    public void zuulsVariables() {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("ZUUL_UUID", UUID);
        expected.put("ZUUL_PROJECT", "openstack/neutron");
        expected.put("ZUUL_PIPELINE", "check");
        expected.put("ZUUL_URL", "https://review.example.org");
        expected.put("ZUUL_VOTING", "1");
        expected.put("ZUUL_BRANCH", "master");
        expected.put("ZUUL_CHANGES", "openstack/neutron:master:refs/changes/05/60105/3");
        expected.put("ZUUL_CHANGE_IDS", "60105,3");
        expected.put("ZUUL_CHANGE", "60105");
        expected.put("ZUUL_PATCHSET", "3");
        expected.put("ZUUL_REF", "refs/changes/05/60105/3");
        expected.put("ZUUL_COMMIT", "c0ffee");
        expected.put("BASE_LOG_PATH", "05/60105/3");
        expected.put("LOG_PATH", "05/60105/3/check/gate-metaplugin/bf0f215");
        assertThat(GateEnvironment.zuul(CHANGE, "gate-metaplugin", UUID, "https://review.example.org"))
                .isEqualTo(expected);
    }

    @Test
    public void theFirstElementOfALogPathIsNotPadded() {
        assertThat(path(7)).isEqualTo("7/7/1");
        assertThat(path(42)).isEqualTo("42/42/1");
        assertThat(path(100)).isEqualTo("00/100/1");
    }

    private static String path(int number) {
        return GateEnvironment.baseLogPath(new Change("p", "master", number, 1, "r", null, null, ""));
    }

    @Test
    public void variablesOfTheGerritTriggerPlugin() {
        Map<String, String> env =
                GateEnvironment.gerrit(event("comment-added", "Patch Set 3:\n\nmetaplugin-recheck"), settings());
        assertThat(env)
                .containsEntry("GERRIT_EVENT_TYPE", "comment-added")
                .containsEntry("GERRIT_HOST", "review.example.org")
                .containsEntry("GERRIT_PORT", "29418")
                .containsEntry("GERRIT_PROJECT", "openstack/neutron")
                .containsEntry("GERRIT_BRANCH", "master")
                .containsEntry("GERRIT_REFSPEC", "refs/changes/05/60105/3")
                .containsEntry("GERRIT_CHANGE_NUMBER", "60105")
                .containsEntry("GERRIT_PATCHSET_NUMBER", "3")
                .containsEntry("GERRIT_PATCHSET_REVISION", "c0ffee")
                .containsEntry("GERRIT_CHANGE_COMMIT_MESSAGE", "QSBzdWJqZWN0")
                .containsEntry("GERRIT_CHANGE_WIP_STATE", "true")
                .containsEntry("GERRIT_CHANGE_PRIVATE_STATE", "false")
                .containsEntry("GERRIT_CHANGE_OWNER", "\"Dev Eloper\" <dev@example.org>")
                .containsEntry("GERRIT_PATCHSET_UPLOADER_USERNAME", "dev")
                .containsEntry("GERRIT_EVENT_COMMENT_TEXT", "UGF0Y2ggU2V0IDM6CgptZXRhcGx1Z2luLXJlY2hlY2s=")
                .doesNotContainKey("GERRIT_CHANGE_RESTORER");
        assertThat(GateEnvironment.gerrit(event("change-restored", null), settings()))
                .containsEntry("GERRIT_CHANGE_RESTORER_EMAIL", "dev@example.org")
                .doesNotContainKey("GERRIT_EVENT_COMMENT_TEXT");
    }

    @Test
    public void strangersTextIsBoundedAndHasNoControlCharacters() {
        Change change =
                new Change("p", "b", 1, 1, "r", null, null, "a\nb\0c\u001b[31m" + "\ud83d\ude00".repeat(50_000));
        ChangeEvent event = new ChangeEvent(
                "comment-added",
                change,
                "I1",
                "",
                PERSON,
                PERSON,
                PERSON,
                "m".repeat(60_000),
                false,
                false,
                "\u00e9".repeat(60_000));
        Map<String, String> env = GateEnvironment.gerrit(event, settings());
        assertThat(env.get("GERRIT_CHANGE_SUBJECT")).startsWith("a b c [31m").hasSizeLessThanOrEqualTo(4096);
        assertThat(env.get("GERRIT_CHANGE_SUBJECT")).endsWith("\ud83d\ude00");
        assertThat(env.values()).allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(4096));
        byte[] comment = java.util.Base64.getDecoder().decode(env.get("GERRIT_EVENT_COMMENT_TEXT"));
        assertThat(new String(comment, java.nio.charset.StandardCharsets.UTF_8)).matches("\u00e9+");
    }

    private static ChangeEvent event(String type, String comment) {
        return new ChangeEvent(
                type, CHANGE, "I0123", "topic", PERSON, PERSON, PERSON, "A subject", true, false, comment);
    }

    private static SchedulerSettings settings() {
        return new SchedulerSettings(true, List.of(), "review.example.org", 29418, "", "", path -> null);
    }
}
