package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.stream.JsonReader;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private static final Set<String> ACTOR_NAMES = Set.copyOf(ACTORS.values());

    private EventParser() {}

    /** Whether anything is made of events of this kind. */
    static boolean isUsed(String type) {
        return ACTORS.containsKey(type) || type.equals(GerritEvent.DROPPED_OUTPUT);
    }

    /** @throws MalformedException when the line is not an event; it says why, without the line */
    static GerritEvent parse(String line) throws MalformedException {
        Parts parts = new Parts();
        GerritJson.line(line, parts);
        if (parts.type.isEmpty()) {
            throw new MalformedException("without a type");
        }
        return parts.made();
    }

    /** What is known of an event so far: its kind may come last. */
    private static final class Parts implements GerritJson.Members {
        private String type = "";
        private GerritChange change;
        private GerritPatchSet patchSet;
        private String comment = "";
        private List<GerritApproval> approvals = List.of();
        private GerritRefUpdate refUpdate;
        private long createdOn;
        private final List<String> actors = new ArrayList<>(2);
        private final List<GerritAccount> accounts = new ArrayList<>(2);

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "type" -> type = GerritJson.label(value);
                case "change" -> change = GerritJson.change(value);
                case "patchSet" -> patchSet = GerritJson.patchSet(value);
                case "comment" -> comment = bounded(GerritJson.text(value));
                case "approvals" -> approvals = approvals(value);
                case "refUpdate" -> refUpdate = refUpdate(value);
                case "eventCreatedOn" -> createdOn = GerritJson.number(value);
                default -> {
                    if (ACTOR_NAMES.contains(name)) {
                        actors.add(name);
                        accounts.add(GerritJson.account(value));
                    } else {
                        value.skipValue();
                    }
                }
            }
        }

        GerritEvent made() {
            String actor = ACTORS.get(type);
            if (actor == null) {
                return GerritEvent.ofType(type, createdOn);
            }
            int by = actors.lastIndexOf(actor);
            GerritAccount account = by < 0 ? GerritAccount.UNKNOWN : accounts.get(by);
            return new GerritEvent(type, change, patchSet, account, comment, approvals, refUpdate, createdOn);
        }
    }

    static String bounded(String comment) {
        return comment.length() <= MAX_COMMENT ? comment : comment.substring(0, MAX_COMMENT) + CUT;
    }

    private static List<GerritApproval> approvals(JsonReader value) throws IOException, MalformedException {
        List<GerritApproval> approvals = new ArrayList<>();
        GerritJson.array(value, element -> {
            VoteParts vote = new VoteParts();
            if (GerritJson.object(element, vote)) {
                approvals.add(new GerritApproval(vote.type, vote.description, vote.value, vote.changed));
            }
        });
        return approvals;
    }

    private static final class VoteParts implements GerritJson.Members {
        private String type = "";
        private String description = "";
        private int value;
        private boolean changed;

        @Override
        public void take(String name, JsonReader part) throws IOException, MalformedException {
            switch (name) {
                case "type" -> type = GerritJson.name(part);
                case "description" -> description = GerritJson.name(part);
                case "value" -> value = GerritJson.smallNumber(part);
                case "oldValue" -> {
                    changed = true;
                    part.skipValue();
                }
                default -> part.skipValue();
            }
        }
    }

    @CheckForNull
    private static GerritRefUpdate refUpdate(JsonReader value) throws IOException, MalformedException {
        String[] parts = {"", "", "", ""};
        boolean told = GerritJson.object(value, (name, part) -> {
            switch (name) {
                case "project" -> parts[0] = GerritJson.name(part);
                case "refName" -> parts[1] = GerritJson.name(part);
                case "oldRev" -> parts[2] = GerritJson.name(part);
                case "newRev" -> parts[3] = GerritJson.name(part);
                default -> part.skipValue();
            }
        });
        return told ? new GerritRefUpdate(parts[0], parts[1], parts[2], parts[3]) : null;
    }
}
