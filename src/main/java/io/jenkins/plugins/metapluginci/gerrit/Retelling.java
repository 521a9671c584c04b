package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.gerrit.QueryRow.Detail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells the events of a change anew from what a query says of it: those that are of its current patchset. Without state. */
final class Retelling {
    /** Gerrit's own words beside an event of another kind: no comment-added was made of them. */
    private static final Pattern NO_COMMENT =
            Pattern.compile("\\APatch Set \\d+: (?:Patch Set \\d+ was rebased|Commit message was (?:updated|edited)"
                    + "|Published edit on patch set \\d+|Cherry Picked from branch |New patch set was added "
                    + "|This patchset was cherry picked |Published draft|Draft\\b|Merged patch set)");
    /** {@code Patch Set 3: Code-Review+1 -Verified}; of a comment of one line it is the comment, whose words are no votes. */
    private static final Pattern VOTES = Pattern.compile(
            "\\APatch Set \\d+:((?: (?:-[A-Za-z][A-Za-z0-9-]*|[A-Za-z][A-Za-z0-9-]*[+-]\\d{1,3}))+)\\s*$",
            Pattern.MULTILINE);

    private static final Pattern VOTE =
            Pattern.compile(" (?:-([A-Za-z][A-Za-z0-9-]*)|([A-Za-z][A-Za-z0-9-]*)([+-]\\d{1,3}))(?= |$)");
    private static final String RESTORED = "Restored";

    private Retelling() {}

    /** The events of a change from a time on. @param from seconds since 1970 by Gerrit's clock, itself included */
    static List<GerritEvent> of(QueryRow row, long from) {
        Detail current = row.current();
        if (current == null || !row.open()) {
            return List.of();
        }
        List<GerritEvent> events = new ArrayList<>();
        GerritPatchSet patchSet = current.patchSet();
        if (patchSet.createdOn() >= from) {
            events.add(
                    event("patchset-created", row, patchSet, patchSet.uploader(), "", List.of(), patchSet.createdOn()));
        }
        Votes votes = new Votes(current);
        for (GerritMessage message : row.messages()) {
            long at = message.at().getEpochSecond();
            if (message.patchset() == patchSet.number()
                    && !NO_COMMENT.matcher(message.text()).find()) {
                List<GerritApproval> carried = votes.of(message);
                if (at >= from) {
                    String comment = EventParser.bounded(message.text());
                    events.add(event("comment-added", row, patchSet, message.author(), comment, carried, at));
                }
            } else if (at >= from && isRestoring(message.text())) {
                events.add(event("change-restored", row, patchSet, message.author(), "", List.of(), at));
            }
        }
        return events;
    }

    private static boolean isRestoring(String text) {
        return text.equals(RESTORED) || text.startsWith(RESTORED + "\n");
    }

    private static GerritEvent event(
            String type,
            QueryRow row,
            GerritPatchSet patchSet,
            GerritAccount by,
            String comment,
            List<GerritApproval> votes,
            long at) {
        return new GerritEvent(type, row.change(), patchSet, by, comment, votes, null, at);
    }

    /**
     * The votes that each comment carried: those that it cast, and those of its author that stood already, as the comments
     * before it tell them. For one patchset.
     */
    private static final class Votes {
        private final Detail current;
        private final Map<GerritAccount, Map<String, Integer>> standing = new HashMap<>();

        Votes(Detail current) {
            this.current = current;
        }

        /** To be called for each comment on the patchset, in their order. */
        List<GerritApproval> of(GerritMessage message) {
            Map<String, Integer> own = standing.computeIfAbsent(message.author(), who -> new LinkedHashMap<>());
            List<GerritApproval> votes = new ArrayList<>();
            Set<String> told = new HashSet<>();
            Matcher line = VOTES.matcher(message.text());
            if (line.lookingAt()) {
                Matcher vote = VOTE.matcher(line.group(1));
                while (vote.find()) {
                    boolean removed = vote.group(1) != null;
                    String label = removed ? vote.group(1) : vote.group(2);
                    int value = removed ? 0 : Integer.parseInt(vote.group(3));
                    own.put(label, value);
                    told.add(label);
                    votes.add(new GerritApproval(label, label, value, true));
                }
            }
            own.forEach((label, value) -> {
                if (told.add(label)) {
                    votes.add(new GerritApproval(label, label, value, false));
                }
            });
            // A vote that was copied from the patchset before has no comment here.
            for (PatchSetApproval stands : current.approvals()) {
                if (stands.by().equals(message.author())
                        && stands.grantedOn() <= message.at().getEpochSecond()
                        && told.add(stands.type())) {
                    votes.add(new GerritApproval(stands.type(), stands.description(), stands.value(), false));
                }
            }
            return votes;
        }
    }
}
