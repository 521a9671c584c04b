package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.stream.JsonReader;
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

    /** What is known of a line of an answer so far: of a change, or of the line that ends it. */
    static final class Parts implements GerritJson.Members {
        private final GerritJson.ChangeParts change = new GerritJson.ChangeParts();
        private String open = "";
        private Detail current;
        private final List<Detail> patchSets = new ArrayList<>();
        private final List<Built> built = new ArrayList<>();
        private final List<GerritMessage> messages = new ArrayList<>();
        private String sortKey = "";
        private String type = "";
        private String more = "";
        private String error = "";

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "open" -> open = GerritJson.label(value);
                case "currentPatchSet" -> current = detail(value);
                case "patchSets" ->
                    GerritJson.array(value, each -> {
                        Detail patchSet = detail(each);
                        if (patchSet != null) {
                            patchSets.add(patchSet);
                        }
                    });
                case "dependsOn" -> GerritJson.array(value, each -> built.add(on(each)));
                case "comments" -> GerritJson.array(value, each -> messages.add(comment(each)));
                case "sortKey" -> sortKey = GerritJson.label(value);
                case "type" -> type = GerritJson.label(value);
                case "moreChanges" -> more = GerritJson.label(value);
                case "message" -> error = GerritJson.label(value);
                default -> change.take(name, value);
            }
        }

        /** Empty for a change, else {@code stats} or {@code error}. */
        String type() {
            return type;
        }

        String more() {
            return more;
        }

        String error() {
            return error;
        }

        QueryRow made() {
            GerritChange made = change.made();
            // Every release says "open" in answers; the status stands in where one does not.
            boolean isOpen = open.isEmpty() ? made.status().equals("NEW") : open.equals("true");
            return new QueryRow(made, isOpen, current, patchSets, built, messages, sortKey);
        }
    }

    /** The number of the current patchset; 0 where Gerrit did not say. */
    int currentNumber() {
        Detail known = current;
        return known == null ? 0 : known.patchSet().number();
    }

    /** The current patchset; null where Gerrit did not say. */
    @CheckForNull
    GerritPatchSet currentPatchSet() {
        Detail known = current;
        return known == null ? null : known.patchSet();
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

    private static final class DetailParts implements GerritJson.Members {
        private final GerritJson.PatchSetParts patchSet = new GerritJson.PatchSetParts();
        private final List<PatchSetApproval> approvals = new ArrayList<>();
        private final List<String> files = new ArrayList<>();

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "approvals" -> GerritJson.array(value, each -> approvals.add(approval(each)));
                case "files" ->
                    GerritJson.array(
                            value,
                            each -> GerritJson.object(each, (key, part) -> {
                                if (key.equals("file")) {
                                    files.add(GerritJson.text(part));
                                } else {
                                    part.skipValue();
                                }
                            }));
                default -> patchSet.take(name, value);
            }
        }
    }

    @CheckForNull
    private static Detail detail(JsonReader value) throws IOException, MalformedException {
        DetailParts parts = new DetailParts();
        if (!GerritJson.object(value, parts)) {
            return null;
        }
        parts.approvals.sort(Comparator.comparingLong(PatchSetApproval::grantedOn));
        return new Detail(parts.patchSet.made(), parts.approvals, parts.files);
    }

    private static final class ApprovalParts implements GerritJson.Members {
        private String type = "";
        private String description = "";
        private int vote;
        private long grantedOn;
        private GerritAccount by = GerritAccount.UNKNOWN;

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "type" -> type = GerritJson.name(value);
                case "description" -> description = GerritJson.name(value);
                case "value" -> vote = GerritJson.smallNumber(value);
                case "grantedOn" -> grantedOn = GerritJson.number(value);
                case "by" -> by = GerritJson.account(value);
                default -> value.skipValue();
            }
        }
    }

    private static PatchSetApproval approval(JsonReader value) throws IOException, MalformedException {
        ApprovalParts parts = new ApprovalParts();
        GerritJson.object(value, parts);
        return new PatchSetApproval(parts.type, parts.description, parts.vote, parts.grantedOn, parts.by);
    }

    private static Built on(JsonReader value) throws IOException, MalformedException {
        int[] number = new int[1];
        String[] revision = {""};
        GerritJson.object(value, (name, part) -> {
            switch (name) {
                case "number" -> number[0] = GerritJson.smallNumber(part);
                case "revision" -> revision[0] = GerritJson.name(part);
                default -> part.skipValue();
            }
        });
        return new Built(number[0], revision[0]);
    }

    private static final class MessageParts implements GerritJson.Members {
        private long timestamp;
        private GerritAccount reviewer = GerritAccount.UNKNOWN;
        private String text = "";

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "timestamp" -> timestamp = GerritJson.number(value);
                case "reviewer" -> reviewer = GerritJson.account(value);
                case "message" -> text = GerritJson.text(value);
                default -> value.skipValue();
            }
        }
    }

    private static GerritMessage comment(JsonReader value) throws IOException, MalformedException {
        MessageParts parts = new MessageParts();
        GerritJson.object(value, parts);
        return GerritMessage.of(parts.timestamp, parts.reviewer, parts.text);
    }
}
