package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.gerrit.QueryRow.Detail;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
            events.add(event("patchset-created", row, patchSet.uploader(), "", List.of(), patchSet.createdOn()));
        }
        for (GerritMessage message : row.messages()) {
            long at = message.at().getEpochSecond();
            if (at < from) {
                continue;
            }
            if (message.patchset() == patchSet.number()
                    && !NO_COMMENT.matcher(message.text()).find()) {
                List<GerritApproval> votes = votes(message, current);
                String comment = EventParser.bounded(message.text());
                events.add(event("comment-added", row, message.author(), comment, votes, at));
            } else if (message.text().equals(RESTORED) || message.text().startsWith(RESTORED + "\n")) {
                events.add(event("change-restored", row, message.author(), "", List.of(), at));
            }
        }
        return events;
    }

    private static GerritEvent event(
            String type, QueryRow row, GerritAccount by, String comment, List<GerritApproval> votes, long at) {
        return new GerritEvent(type, row.change(), row.current().patchSet(), by, comment, votes, null, at);
    }

    /** The votes that the comment cast, and those of its author that stood already: the stream tells both. */
    private static List<GerritApproval> votes(GerritMessage message, Detail current) {
        List<GerritApproval> votes = new ArrayList<>();
        Set<String> cast = new HashSet<>();
        Matcher line = VOTES.matcher(message.text());
        if (line.lookingAt()) {
            Matcher vote = VOTE.matcher(line.group(1));
            while (vote.find()) {
                boolean removed = vote.group(1) != null;
                String label = removed ? vote.group(1) : vote.group(2);
                cast.add(label.toLowerCase(Locale.ROOT));
                votes.add(new GerritApproval(label, label, removed ? 0 : Integer.parseInt(vote.group(3)), true));
            }
        }
        for (PatchSetApproval stands : current.approvals()) {
            if (stands.by().equals(message.author())
                    && stands.grantedOn() <= message.at().getEpochSecond()
                    && cast.add(stands.type().toLowerCase(Locale.ROOT))) {
                votes.add(new GerritApproval(stands.type(), stands.description(), stands.value(), false));
            }
        }
        return votes;
    }
}
