package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads one line of {@code gerrit stream-events}. Without state; any thread. */
final class EventParser {
    /** Longest comment that is kept, in characters; Gerrit's own limit is 16 KiB by default. */
    static final int MAX_COMMENT = 256 * 1024;
    /** Ends a comment that was cut, so that no pattern for the end of a comment matches where it was cut. */
    static final String CUT = "\n[…]";

    /** The kinds of which something is made, with where each names who caused it (Zuul, connection/gerrit.py). */
    private static final Map<String, String> ACTORS = Map.ofEntries(
            Map.entry("patchset-created", "uploader"),
            Map.entry("draft-published", "uploader"),
            Map.entry("comment-added", "author"),
            Map.entry("change-abandoned", "abandoner"),
            Map.entry("change-restored", "restorer"),
            Map.entry("change-merged", "submitter"),
            Map.entry("merge-failed", "submitter"),
            Map.entry("ref-updated", "submitter"),
            Map.entry("reviewer-added", "reviewer"),
            Map.entry("change-deleted", "deleter"),
            Map.entry("topic-changed", "changer"),
            Map.entry("wip-state-changed", "changer"),
            Map.entry("private-state-changed", "changer"));

    private EventParser() {}

    /** Whether anything is made of events of this kind. */
    static boolean isUsed(String type) {
        return ACTORS.containsKey(type) || type.equals(GerritEvent.DROPPED_OUTPUT);
    }

    /** @throws MalformedException when the line is not an event; it says why, without the line */
    static GerritEvent parse(String line) throws MalformedException {
        JsonObject json = GerritJson.object(line);
        String type = GerritJson.label(json, "type");
        if (type.isEmpty()) {
            throw new MalformedException("without a type");
        }
        long createdOn = GerritJson.number(json, "eventCreatedOn");
        String actor = ACTORS.get(type);
        if (actor == null) {
            return GerritEvent.ofType(type, createdOn);
        }
        JsonObject change = GerritJson.child(json, "change");
        JsonObject patchSet = GerritJson.child(json, "patchSet");
        return new GerritEvent(
                type,
                change == null ? null : GerritJson.change(change),
                patchSet == null ? null : GerritJson.patchSet(patchSet),
                GerritJson.account(GerritJson.child(json, actor)),
                comment(json),
                approvals(json),
                refUpdate(json),
                createdOn);
    }

    private static String comment(JsonObject json) {
        return bounded(GerritJson.text(json, "comment"));
    }

    static String bounded(String comment) {
        return comment.length() <= MAX_COMMENT ? comment : comment.substring(0, MAX_COMMENT) + CUT;
    }

    private static List<GerritApproval> approvals(JsonObject json) throws MalformedException {
        List<GerritApproval> approvals = new ArrayList<>();
        for (JsonElement element : GerritJson.array(json, "approvals")) {
            if (element.isJsonObject()) {
                JsonObject vote = element.getAsJsonObject();
                approvals.add(new GerritApproval(
                        GerritJson.name(vote, "type"),
                        GerritJson.name(vote, "description"),
                        GerritJson.smallNumber(vote, "value"),
                        vote.has("oldValue")));
            }
        }
        return List.copyOf(approvals);
    }

    private static GerritRefUpdate refUpdate(JsonObject json) throws MalformedException {
        JsonObject update = GerritJson.child(json, "refUpdate");
        if (update == null) {
            return null;
        }
        return new GerritRefUpdate(
                GerritJson.name(update, "project"),
                GerritJson.name(update, "refName"),
                GerritJson.name(update, "oldRev"),
                GerritJson.name(update, "newRev"));
    }
}
