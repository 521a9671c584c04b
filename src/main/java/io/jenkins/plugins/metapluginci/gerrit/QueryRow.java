package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One change of an answer. What was not asked for is empty.
 *
 * @param change the change
 * @param open whether Gerrit still takes votes on it
 * @param current its current patchset; null where Gerrit did not say
 * @param patchSets all of them, when they were asked for
 * @param built what Gerrit says it is built on ({@code --dependencies})
 * @param messages the comments on it, oldest first
 * @param sortKey by which releases before 2.9 go on with the next page
 */
record QueryRow(
        GerritChange change,
        boolean open,
        @CheckForNull Detail current,
        List<Detail> patchSets,
        List<Built> built,
        List<GerritMessage> messages,
        String sortKey) {

    QueryRow {
        patchSets = List.copyOf(patchSets);
        built = List.copyOf(built);
        messages = List.copyOf(messages);
    }

    /** A patchset with its votes, oldest first, and its files. */
    record Detail(GerritPatchSet patchSet, List<PatchSetApproval> approvals, List<String> files) {
        Detail {
            approvals = List.copyOf(approvals);
            files = List.copyOf(files);
        }
    }

    /** A {@code dependsOn}: the number of the change that this one is built on, and the commit. */
    record Built(int number, String revision) {}

    static QueryRow of(JsonObject json) throws IOException {
        try {
            GerritChange change = GerritJson.change(json);
            // Every release says "open" in answers; the status stands in where one does not.
            String open = GerritJson.text(json, "open");
            JsonObject current = GerritJson.child(json, "currentPatchSet");
            List<Detail> patchSets = new ArrayList<>();
            for (JsonObject patchSet : objects(json, "patchSets")) {
                patchSets.add(detail(patchSet));
            }
            List<Built> built = new ArrayList<>();
            for (JsonObject on : objects(json, "dependsOn")) {
                built.add(new Built(GerritJson.smallNumber(on, "number"), GerritJson.name(on, "revision")));
            }
            List<GerritMessage> messages = new ArrayList<>();
            for (JsonObject message : objects(json, "comments")) {
                messages.add(message(message));
            }
            return new QueryRow(
                    change,
                    open.isEmpty() ? change.status().equals("NEW") : open.equals("true"),
                    current == null ? null : detail(current),
                    patchSets,
                    built,
                    messages,
                    GerritJson.label(json, "sortKey"));
        } catch (MalformedException e) {
            throw new IOException("Gerrit's answer to a query could not be read: " + e.getMessage(), e);
        }
    }

    /** A patchset by number; null where it is not in the row. */
    @CheckForNull
    Detail patchSet(int number) {
        if (current != null && current.patchSet().number() == number) {
            return current;
        }
        return patchSets.stream()
                .filter(each -> each.patchSet().number() == number)
                .findFirst()
                .orElse(null);
    }

    /** A patchset by its commit; null where it is not in the row. */
    @CheckForNull
    Detail patchSet(String revision) {
        if (current != null && current.patchSet().revision().equals(revision)) {
            return current;
        }
        return patchSets.stream()
                .filter(each -> each.patchSet().revision().equals(revision))
                .findFirst()
                .orElse(null);
    }

    private static List<JsonObject> objects(JsonObject parent, String name) {
        List<JsonObject> objects = new ArrayList<>();
        for (JsonElement element : GerritJson.array(parent, name)) {
            if (element.isJsonObject()) {
                objects.add(element.getAsJsonObject());
            }
        }
        return objects;
    }

    private static Detail detail(JsonObject json) throws MalformedException {
        List<PatchSetApproval> approvals = new ArrayList<>();
        for (JsonObject vote : objects(json, "approvals")) {
            approvals.add(new PatchSetApproval(
                    GerritJson.name(vote, "type"),
                    GerritJson.name(vote, "description"),
                    GerritJson.smallNumber(vote, "value"),
                    GerritJson.number(vote, "grantedOn"),
                    GerritJson.account(GerritJson.child(vote, "by"))));
        }
        approvals.sort(Comparator.comparingLong(PatchSetApproval::grantedOn));
        List<String> files = new ArrayList<>();
        for (JsonObject file : objects(json, "files")) {
            files.add(GerritJson.text(file, "file"));
        }
        return new Detail(GerritJson.patchSet(json), approvals, files);
    }

    private static GerritMessage message(JsonObject json) throws MalformedException {
        return GerritMessage.of(
                GerritJson.number(json, "timestamp"),
                GerritJson.account(GerritJson.child(json, "reviewer")),
                GerritJson.text(json, "message"));
    }
}
