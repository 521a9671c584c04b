package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import org.junit.Test;

public class EventParserTest {
    @Test
    public void aNewPatchsetOfAReleaseThatWritesNumbersAsTextAndOfOneThatDoesNot() throws Exception {
        for (String quote : new String[] {"\"", ""}) {
            GerritEvent event = EventParser.parse("""
                    {"type":"patchset-created","change":{"project":"openstack/neutron","branch":"stable/icehouse",\
                    "topic":"bp/x","id":"Iabc","number":Q60105Q,"subject":"Subject","owner":{"name":"Ann Dev",\
                    "email":"ann@example.org","username":"ann"},"url":"https://review/60105","status":"NEW","wip":true,\
                    "commitMessage":"Subject\\n\\nBody"},\
                    "patchSet":{"number":Q3Q,"revision":"c0ffee","ref":"refs/changes/05/60105/3","parents":["beef"],"createdOn":Q1399999990Q,\
                    "uploader":{"username":"bob"}},"uploader":{"username":"bob"},"eventCreatedOn":Q1400000000Q}""".replace("Q", quote));
            assertThat(event)
                    .isEqualTo(new GerritEvent(
                            "patchset-created",
                            new GerritChange(
                                    "openstack/neutron",
                                    "stable/icehouse",
                                    "bp/x",
                                    "Iabc",
                                    60105,
                                    "Subject",
                                    "https://review/60105",
                                    new GerritAccount("Ann Dev", "ann@example.org", "ann"),
                                    "NEW",
                                    true,
                                    false,
                                    "Subject\n\nBody"),
                            new GerritPatchSet(
                                    3,
                                    "c0ffee",
                                    "refs/changes/05/60105/3",
                                    new GerritAccount("", "", "bob"),
                                    java.util.List.of("beef"),
                                    1_399_999_990),
                            new GerritAccount("", "", "bob"),
                            "",
                            java.util.List.of(),
                            null,
                            1_400_000_000));
        }
    }

    @Test
    public void commentsKeepTheirTextExactly() throws Exception {
        GerritEvent event = EventParser.parse("""
                {"type":"comment-added","change":{"number":1},"patchSet":{"number":2},"author":{"username":"ann"},\
                "approvals":[{"type":"VRIF","description":"Verified It","value":"-1","oldValue":"0"},\
                {"type":"SUBM","value":2},7],\
                "comment":"Patch Set 2: Verified-1\\n\\n[recheck] function(a){null} \\u00e9"}""");
        assertThat(event.comment()).isEqualTo("Patch Set 2: Verified-1\n\n[recheck] function(a){null} é");
        assertThat(event.account().username()).isEqualTo("ann");
        assertThat(event.approvals())
                .containsExactly(
                        new GerritApproval("VRIF", "Verified It", -1, true), new GerritApproval("SUBM", "", 2, false));
        assertThat(event.approvals()).extracting(GerritApproval::category).containsExactly("verified-it", null);
        assertThat(event.change().project()).isEmpty();
    }

    @Test
    public void aCommentThatIsCutDoesNotEndWhereItWasCut() throws Exception {
        String comment = " ".repeat(EventParser.MAX_COMMENT - 7) + "recheck" + " and more";
        GerritEvent event =
                EventParser.parse("{\"type\":\"comment-added\",\"change\":{},\"comment\":\"" + comment + "\"}");
        assertThat(event.comment()).endsWith("recheck" + EventParser.CUT);
    }

    @Test
    public void refUpdatesAndRestorers() throws Exception {
        assertThat(EventParser.parse("""
                                {"type":"ref-updated","submitter":{"name":"S"},"refUpdate":{"oldRev":"0","newRev":"1",\
                                "refName":"refs/heads/master","project":"p"}}""").refUpdate())
                .isEqualTo(new GerritRefUpdate("p", "refs/heads/master", "0", "1"));
        GerritEvent restored =
                EventParser.parse("{\"type\":\"change-restored\",\"change\":null,\"restorer\":{\"name\":\"R\"}}");
        assertThat(restored.account().name()).isEqualTo("R");
        assertThat(restored.change()).isNull();
        assertThat(restored.createdOn()).isZero();
    }

    @Test
    public void unknownTypesKeepTheirTypeOnly() throws Exception {
        assertThat(EventParser.parse("{\"type\":\"ref-replicated\",\"change\":{\"number\":{}},\"eventCreatedOn\":5}"))
                .isEqualTo(GerritEvent.ofType("ref-replicated", 5));
    }

    @Test
    public void whatIsNoEventIsMalformed() {
        for (String line : new String[] {
            "",
            "null",
            "1",
            "[]",
            "{}",
            "{\"type\":5",
            "{type:'x'}",
            "{\"type\":\"patchset-created\",\"change\":{\"number\":\"1x\"}}",
            "{\"type\":\"patchset-created\",\"change\":{\"number\":99999999999}}",
            "{\"type\":\"patchset-created\",\"change\":{\"number\":1.5}}",
            "{\"type\":\"patchset-created\",\"change\":{\"branch\":\"" + "b".repeat(3000) + "\"}}",
            "{\"type\":\"x\"}{\"type\":\"y\"}",
            "{\"a\":".repeat(5000)
        }) {
            assertThatThrownBy(() -> EventParser.parse(line)).as(line).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    public void longSubjectsAreCut() throws Exception {
        GerritEvent event = EventParser.parse(
                "{\"type\":\"patchset-created\",\"change\":{\"subject\":\"" + "s".repeat(2000) + "\"}}");
        assertThat(event.change().subject()).hasSize(501).endsWith("…");
    }
}
