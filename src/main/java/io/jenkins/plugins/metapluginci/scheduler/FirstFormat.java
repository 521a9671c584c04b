package io.jenkins.plugins.metapluginci.scheduler;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.UUID;

/**
 * Makes an item of the first release, which knew one pipeline, "check", and merged nothing, one of the second format. What ran
 * is found again by its uuid; what was owed is still owed.
 */
final class FirstFormat {
    private FirstFormat() {}

    static JsonObject upgrade(JsonObject old) {
        JsonObject item = old.deepCopy();
        long createdAt = old.get("createdAt").getAsLong();
        item.addProperty("uuid", UUID.randomUUID().toString().replace("-", ""));
        item.addProperty("pipeline", "check");
        item.add("ahead", new JsonArray());
        JsonArray files = new JsonArray();
        files.add("/COMMIT_MSG");
        item.add("files", files);
        item.addProperty("order", createdAt);
        item.addProperty("phase", Item.Phase.LIVE.name());
        // What the first release had builds fetch is not served any more: those to come need a merge.
        JsonObject merge = new JsonObject();
        merge.addProperty("state", Merge.State.WANTED.name());
        merge.addProperty("since", createdAt);
        item.add("merge", merge);
        item.add("dying", new JsonArray());
        return item;
    }
}
