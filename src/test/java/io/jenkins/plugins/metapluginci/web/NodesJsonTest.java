package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The JSON of nodes, as it is documented. */
public class NodesJsonTest {
    private final FakeDesk desk = new FakeDesk();

    private JsonObject node(JsonObject all, String name) {
        for (var each : all.getAsJsonArray("nodes")) {
            if (each.getAsJsonObject().get("node").getAsString().equals(name)) {
                return each.getAsJsonObject();
            }
        }
        throw new AssertionError("no node " + name);
    }

    @Test
    public void everyNodeIsThereWithWhatIsKnownOfIt() {
        JsonObject all = JsonParser.parseString(NodesJson.of(desk.view())).getAsJsonObject();
        assertThat(all.get("now").getAsLong()).isEqualTo(FakeDesk.NOW);
        assertThat(all.getAsJsonArray("nodes")).hasSize(11);
        JsonObject held = node(all, "slave-3");
        assertThat(held.get("phase").getAsString()).isEqualTo("HELD");
        assertThat(held.get("since").getAsLong()).isEqualTo(FakeDesk.NOW - 21 * FakeDesk.MINUTE);
        assertThat(held.get("reason").getAsString())
                .startsWith("Check failed: free disk")
                .contains("<script>");
        assertThat(held.get("by").getAsString()).isEqualTo("admin");
        assertThat(held.get("bootId").getAsString()).startsWith("7f3c0c1e");
        assertThat(held.get("path").getAsString()).isEqualTo("computer/slave-3/metaplugin-ci/");
        assertThat(held.getAsJsonObject("build").get("path").getAsString()).isEqualTo("job/dsvm-tempest/42/");
        assertThat(held.getAsJsonObject("hold").get("kind").getAsString()).isEqualTo("CHECK");
        assertThat(held.getAsJsonObject("hold").has("until"))
                .as("until a check passes")
                .isFalse();
        JsonObject check = held.getAsJsonArray("checks").get(1).getAsJsonObject();
        assertThat(check.get("name").getAsString()).isEqualTo("free disk");
        assertThat(check.get("passed").getAsBoolean()).isFalse();
        assertThat(check.get("detail").getAsString()).contains("10 GB are needed");
        assertThat(held.getAsJsonArray("actions").toString()).contains("release", "recheck");
    }

    @Test
    public void whatIsNotKnownIsLeftOut() {
        JsonObject unused =
                node(JsonParser.parseString(NodesJson.of(desk.view())).getAsJsonObject(), "unused");
        assertThat(unused.keySet()).containsExactlyInAnyOrder("node", "path", "online", "checks", "numbers", "actions");
        assertThat(unused.getAsJsonObject("numbers").keySet())
                .containsExactlyInAnyOrder("runs", "lost", "reboots", "failedReboots", "phases", "day");
    }

    @Test
    public void thePoolIsCountedByStateAndInNumbers() {
        JsonObject pool = JsonParser.parseString(NodesJson.of(desk.view()))
                .getAsJsonObject()
                .getAsJsonObject("pool");
        assertThat(pool.get("nodes").getAsInt()).isEqualTo(11);
        assertThat(pool.getAsJsonObject("counts").get("READY").getAsInt()).isEqualTo(1);
        JsonObject numbers = pool.getAsJsonObject("numbers");
        assertThat(numbers.get("runs").getAsLong()).isEqualTo(181);
        assertThat(numbers.get("lost").getAsLong()).isEqualTo(1);
        assertThat(numbers.get("lostShare").getAsDouble()).isEqualTo(0.006);
        assertThat(numbers.getAsJsonObject("day").get("RUNNING").getAsLong()).isEqualTo(8 * FakeDesk.HOUR);
        assertThat(numbers.getAsJsonObject("phases").get("READY").getAsLong()).isEqualTo(240 * FakeDesk.HOUR);
        assertThat(new NodesView.Numbers(0, 3, 1, 0, 0, Map.of(), 0, Map.of()).lostShare())
                .isEqualTo(0.333);
    }

    @Test
    public void oneNodeHasItsHistoryNewestFirstAndTheLogOfItsPreparation() {
        JsonObject one = JsonParser.parseString(NodesJson.of(desk.detail("slave-6", 2, 0)))
                .getAsJsonObject();
        assertThat(one.getAsJsonObject("node").get("node").getAsString()).isEqualTo("slave-6");
        assertThat(one.getAsJsonArray("history")).hasSize(2);
        JsonObject newest = one.getAsJsonArray("history").get(0).getAsJsonObject();
        assertThat(newest.get("at").getAsLong())
                .isGreaterThan(one.getAsJsonArray("history")
                        .get(1)
                        .getAsJsonObject()
                        .get("at")
                        .getAsLong());
        assertThat(newest.keySet()).containsExactly("at", "phase", "reason", "by");
        assertThat(one.get("more").getAsBoolean()).isTrue();
        assertThat(one.getAsJsonObject("prepareLog").get("text").getAsString()).contains("apt-get update <x>");
        assertThat(one.getAsJsonObject("prepareLog").get("next").getAsLong()).isEqualTo(21);
        assertThat(JsonParser.parseString(NodesJson.of(desk.detail("slave-1", 500, 0)))
                        .getAsJsonObject()
                        .has("prepareLog"))
                .isFalse();
    }

    @Test
    public void aViewIsNotChangedByWhoMadeIt() {
        NodesView view = desk.view();
        desk.nodes.clear();
        assertThat(view.nodes()).hasSize(11);
        assertThat(new NodesView(1, List.of(), NodesView.Numbers.NONE).counts()).isEmpty();
    }
}
