package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.metapluginci.gerrit.GerritState;
import io.jenkins.plugins.metapluginci.logs.LogsView;
import io.jenkins.plugins.metapluginci.logs.PublicationView;
import io.jenkins.plugins.metapluginci.merger.MirrorState;
import io.jenkins.plugins.metapluginci.node.NodePhase;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.scheduler.Change;
import io.jenkins.plugins.metapluginci.scheduler.Item;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild;
import io.jenkins.plugins.metapluginci.scheduler.Merge;
import io.jenkins.plugins.metapluginci.scheduler.Report;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class StatusJsonTest {
    @Test
    public void everythingHasANameASinceAndAReason() {
        GerritState gerrit = new GerritState(
                GerritState.Phase.REFUSED,
                Instant.ofEpochMilli(10),
                "host key \"x\" <b>",
                "3.10.2",
                Instant.ofEpochMilli(11),
                null,
                Instant.ofEpochMilli(12),
                1,
                2,
                0,
                Map.of(),
                3,
                4);
        Change change =
                new Change("openstack/neutron", "master", 42, 1, "refs/changes/42/42/1", null, "http://g/42", "s");
        ItemBuild build =
                new ItemBuild("gate", ItemBuild.State.WAITING, 20, null, null, 1, 2, 21, 0, "no such job", null, null);
        Report report =
                new Report("text", Map.of("Verified", 1), false, null, Report.Phase.OWED, 30, 5, 31, "no route");
        Item item = new Item(
                "id",
                "u",
                "check",
                change,
                List.of(),
                "patchset-created",
                Map.of(),
                List.of(),
                null,
                19,
                19,
                Item.Phase.LIVE,
                new Merge(Merge.State.MERGED, 19, 0, 0, "r", "c", null),
                List.of(build),
                List.of(),
                null,
                report,
                null);
        NodeRecord node = new NodeRecord(
                "node1", NodePhase.REBOOTING, 40, "a build ended", "gate #1", "boot", null, true, 1, null);
        JsonObject status = parse(StatusJson.of(
                true,
                gerrit,
                logs("refused", 50),
                List.of("p"),
                Views.full(),
                List.of(item),
                List.of(node),
                List.of(mirror(MirrorState.Phase.IDLE, null), mirror(MirrorState.Phase.CLONING, "no route")),
                99));
        assertThat(status.get("now").getAsLong()).isEqualTo(99);
        assertThat(status.get("takeEvents").getAsBoolean()).isTrue();
        JsonObject shown = status.getAsJsonObject("gerrit");
        assertThat(shown.get("phase").getAsString()).isEqualTo("REFUSED");
        assertThat(shown.get("reason").getAsString()).isEqualTo("host key \"x\" <b>");
        assertThat(shown.get("nextAttemptAt").getAsLong()).isEqualTo(12);
        assertThat(shown.get("lastProbeAt").getAsLong()).isZero();
        JsonObject logs = status.getAsJsonObject("logServer");
        assertThat(logs.get("where").getAsString()).isEqualTo("logs@logs.example.org:22, /srv");
        assertThat(logs.get("problem").getAsString()).isEqualTo("refused");
        JsonObject all = status.getAsJsonObject("logs");
        assertThat(all.get("spooled").getAsLong()).isEqualTo(1000);
        assertThat(all.getAsJsonArray("dropped").get(0).getAsString()).isEqualTo("gate #6");
        JsonObject waiting = all.getAsJsonArray("runs").get(0).getAsJsonObject();
        assertThat(waiting.get("state").getAsString()).isEqualTo("SPOOLED");
        assertThat(waiting.get("next").getAsLong()).isEqualTo(99);
        JsonObject tested = status.getAsJsonArray("items").get(0).getAsJsonObject();
        assertThat(tested.get("change").getAsString()).isEqualTo("42,1");
        assertThat(tested.getAsJsonArray("builds")
                        .get(0)
                        .getAsJsonObject()
                        .get("reason")
                        .getAsString())
                .isEqualTo("no such job");
        assertThat(tested.getAsJsonObject("report").get("problem").getAsString())
                .isEqualTo("no route");
        assertThat(status.getAsJsonArray("unvoted")
                        .get(0)
                        .getAsJsonObject()
                        .get("cause")
                        .getAsString())
                .isEqualTo("gate: RETRY_LIMIT");
        assertThat(status.getAsJsonArray("refused")
                        .get(0)
                        .getAsJsonObject()
                        .get("change")
                        .getAsString())
                .isEqualTo("39,1");
        assertThat(status.getAsJsonArray("mirrors")).hasSize(1);
        JsonObject mirror = status.getAsJsonArray("mirrors").get(0).getAsJsonObject();
        assertThat(mirror.get("phase").getAsString()).isEqualTo("CLONING");
        assertThat(mirror.get("progress").getAsString()).isEqualTo("Receiving objects: 1 of 2");
        assertThat(mirror.get("reason").getAsString()).isEqualTo("no route");
        JsonObject place = status.getAsJsonArray("nodes").get(0).getAsJsonObject();
        assertThat(place.get("phase").getAsString()).isEqualTo("REBOOTING");
        assertThat(place.get("reason").getAsString()).isEqualTo("a build ended");
    }

    @Test
    public void noSecretAndNothingThatIsNotConfigured() {
        String json =
                StatusJson.of(false, null, logs(null, 0), List.of(), Views.full(), List.of(), List.of(), List.of(), 1);
        assertThat(json).doesNotContain("s3cret");
        JsonObject status = parse(
                StatusJson.of(false, null, LogsView.NONE, List.of(), Views.full(), List.of(), List.of(), List.of(), 1));
        assertThat(status.has("gerrit")).isFalse();
        assertThat(status.has("logServer")).isFalse();
        assertThat(status.getAsJsonArray("items")).isEmpty();
    }

    private static MirrorState mirror(MirrorState.Phase phase, String reason) {
        return new MirrorState(
                "openstack/neutron", phase, Instant.ofEpochMilli(7), "Receiving objects: 1 of 2", reason);
    }

    private static LogsView logs(String problem, long since) {
        SshTarget target =
                new SshTarget("logs.example.org", 22, "logs", new SshLogin.Password("s3cret"), new HostKeys(""));
        LogsView.Server server = new LogsView.Server("logs", target + ", /srv", "SFTP", since, problem, 0, null);
        PublicationView run = new PublicationView(
                "7", "gate #7", "", "1/gate", PublicationView.State.SPOOLED, 9, 2, 99, problem, 1000);
        return new LogsView(List.of(server), List.of(run), 1000, 2000, List.of("gate #6"));
    }

    private static JsonObject parse(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
