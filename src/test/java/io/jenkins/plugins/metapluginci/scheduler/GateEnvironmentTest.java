package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.Job;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The table of zuul-v2-contract.md section 6.2, and the variables of the Gerrit Trigger plugin. */
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
    private static final Change NOVA =
            new Change("openstack/nova", "master", 60111, 2, "refs/changes/11/60111/2", "beef", null, "Needed");
    private static final Person PERSON = new Person("Dev Eloper", "dev@example.org", "dev");
    private static final ChangeDetails DETAILS =
            new ChangeDetails("I0123", "topic", PERSON, PERSON, "A subject", true, false);
    private static final SchedulerSettings.GerritSite SITE =
            new SchedulerSettings.GerritSite("gerrit", "ci", "review.example.org", 29418, "");

    static Item item(Change change, List<Change> ahead, String ref, String commit) {
        return new Item(
                "id",
                UUID,
                "check",
                change,
                ahead,
                "patchset-created",
                Map.of(),
                List.of(),
                null,
                1,
                1,
                Item.Phase.LIVE,
                Merge.wanted(1).merged(ref, commit, 2),
                List.of(),
                List.of(),
                null,
                null,
                null);
    }

    @Test
    public void ofAChangeWithOneAhead() {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("ZUUL_UUID", UUID);
        expected.put("ZUUL_PROJECT", "openstack/neutron");
        expected.put("ZUUL_PIPELINE", "check");
        expected.put("ZUUL_URL", "git://master/p");
        expected.put("ZUUL_VOTING", "1");
        expected.put("ZUUL_BRANCH", "master");
        expected.put(
                "ZUUL_CHANGES",
                "openstack/nova:master:refs/changes/11/60111/2^openstack/neutron:master:refs/changes/05/60105/3");
        expected.put("ZUUL_CHANGE_IDS", "60111,2 60105,3");
        expected.put("ZUUL_CHANGE", "60105");
        expected.put("ZUUL_PATCHSET", "3");
        expected.put("ZUUL_REF", "refs/zuul/master/Zabc");
        expected.put("ZUUL_COMMIT", "5ha");
        expected.put("BASE_LOG_PATH", "05/60105/3");
        expected.put("LOG_PATH", "05/60105/3/check/gate-metaplugin/bf0f215");
        Item item = item(CHANGE, List.of(NOVA), "refs/zuul/master/Zabc", "5ha");
        assertThat(GateEnvironment.zuul(item, Job.named("gate-metaplugin"), UUID, "git://master/p"))
                .isEqualTo(expected);
    }

    @Test
    public void ofAnUpdatedRef() {
        Change ref = Change.ofRef("openstack/neutron", "master", "0ld", "d479a0bf");
        Item item = item(ref, List.of(), "master", "d479a0bf");
        assertThat(GateEnvironment.zuul(item, Job.named("post"), UUID, "git://master/p"))
                .containsEntry("ZUUL_REF", "master")
                .containsEntry("ZUUL_REFNAME", "master")
                .containsEntry("ZUUL_OLDREV", "0ld")
                .containsEntry("ZUUL_NEWREV", "d479a0bf")
                .containsEntry("ZUUL_COMMIT", "d479a0bf")
                .containsEntry("BASE_LOG_PATH", "d4/d479a0bf")
                .containsEntry("LOG_PATH", "d4/d479a0bf/check/post/bf0f215")
                .doesNotContainKeys("ZUUL_BRANCH", "ZUUL_CHANGE", "ZUUL_PATCHSET", "ZUUL_CHANGES", "ZUUL_CHANGE_IDS");
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
        Map<String, String> env = GateEnvironment.gerrit(
                event("comment-added", "Patch Set 3:\n\nmetaplugin-recheck"), CHANGE, DETAILS, SITE);
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
        assertThat(GateEnvironment.gerrit(event("change-restored", ""), CHANGE, DETAILS, SITE))
                .containsEntry("GERRIT_CHANGE_RESTORER_EMAIL", "dev@example.org")
                .doesNotContainKey("GERRIT_EVENT_COMMENT_TEXT");
        assertThat(GateEnvironment.gerrit(null, CHANGE, DETAILS, SITE)).containsEntry("GERRIT_EVENT_TYPE", "manual");
    }

    @Test
    public void strangersTextIsBoundedAndHasNoControlCharacters() {
        Change change =
                new Change("p", "b", 1, 1, "r", null, null, "a\nb\0c\u001b[31m" + "\ud83d\ude00".repeat(50_000));
        ChangeDetails details = new ChangeDetails("I1", "", PERSON, PERSON, "m".repeat(60_000), false, false);
        Map<String, String> env =
                GateEnvironment.gerrit(event("comment-added", "\u00e9".repeat(60_000)), change, details, SITE);
        assertThat(env.get("GERRIT_CHANGE_SUBJECT")).startsWith("a b c [31m").hasSizeLessThanOrEqualTo(4096);
        assertThat(env.get("GERRIT_CHANGE_SUBJECT")).endsWith("\ud83d\ude00");
        assertThat(env.values()).allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(4096));
        byte[] comment = java.util.Base64.getDecoder().decode(env.get("GERRIT_EVENT_COMMENT_TEXT"));
        assertThat(new String(comment, java.nio.charset.StandardCharsets.UTF_8)).matches("\u00e9+");
    }

    /** A hundred changes ahead would not fit: the change itself stays in. */
    @Test
    public void aLongLineOfChangesKeepsItsEnd() {
        Item item = item(CHANGE, Collections.nCopies(500, NOVA), "r", "c");
        Map<String, String> env = GateEnvironment.zuul(item, Job.named("j"), UUID, "");
        assertThat(env.get("ZUUL_CHANGES"))
                .startsWith("openstack/nova:master:")
                .endsWith("^openstack/neutron:master:refs/changes/05/60105/3")
                .hasSizeLessThanOrEqualTo(4096);
    }

    private static GerritEvent event(String type, String comment) {
        GerritAccount account = new GerritAccount(PERSON.name(), PERSON.email(), PERSON.username());
        return new GerritEvent(type, null, null, account, comment, List.of(), null, 0);
    }
}
