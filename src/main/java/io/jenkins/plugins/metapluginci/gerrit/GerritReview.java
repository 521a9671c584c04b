package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.gerrit.ReviewResult.Kind;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Casts votes and leaves comments, with {@code gerrit review}. Any thread. */
public final class GerritReview {
    /** Gerrit takes 16 KiB by default (change.commentSizeLimit) and refuses the vote with a longer comment. */
    static final int MAX_MESSAGE_BYTES = 15_000;

    static final String CUT = "\n[…]";
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    /** What Gerrit allows in a label's name. */
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
    /** An answer of Gerrit's about itself rather than about the review. */
    private static final Pattern TRANSIENT = Pattern.compile(
            "internal server error|database error|lock.failure|time.?out|timed out|unavailable|too many|shutting down"
                    + "|try again",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern COMPLAINT = Pattern.compile("(?m)^(error|fatal):", Pattern.CASE_INSENSITIVE);

    /**
     * Gerrit's PostReview checks every vote before it stores anything, and names the label ("Applying label "Verified": 1 is
     * restricted", "label "Verified" is not a configured label", "label "Verified": 7 is not a valid value").
     */
    private static final Pattern VOTE = Pattern.compile(
            "^(?:error|fatal):.*\\blabel\\b.*(?:restricted|not a configured|not a valid|not permitted|not exist|not found)",
            Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final GerritConnection connection;

    GerritReview(GerritConnection connection) {
        this.connection = connection;
    }

    /**
     * Comments on a patchset and votes on it.
     *
     * @param message any text; control characters are left out, and one that is longer than Gerrit takes is cut
     * @param labels votes by label; empty for none
     * @return REFUSED also for what no Gerrit can have: a label or a project of such a name, neither message nor labels
     */
    public ReviewResult post(String project, int change, int patchset, String message, Map<String, Integer> labels)
            throws InterruptedException {
        String command;
        try {
            command = command(project, change, patchset, message, labels);
        } catch (IllegalArgumentException e) {
            return new ReviewResult(Kind.REFUSED, e.getMessage());
        }
        try {
            return result(connection.command(command, false, MAX_ANSWER_BYTES));
        } catch (SshException e) {
            boolean notSent = switch (e.kind()) {
                case UNREACHABLE, HOST_KEY, AUTHENTICATION -> true;
                case TIMEOUT, BROKEN -> e.isUnsent();
            };
            return new ReviewResult(notSent ? Kind.NOT_SENT : Kind.UNKNOWN, e.getMessage());
        }
    }

    /**
     * Whether Gerrit already has a review, for one whose sending was cut short.
     *
     * @param message as it was given to {@link #post}
     * @param since no copy of it is older; by Gerrit's clock, so leave room for the difference
     * @return POSTED when it has it, NOT_SENT when it has not, REFUSED when there is no such change (any more), UNKNOWN when
     *     Gerrit cannot be asked now
     */
    public ReviewResult lookUp(int change, int patchset, String message, Instant since) throws InterruptedException {
        try {
            String wanted = comparable(fit(message));
            List<GerritMessage> messages = connection.query().messages(change, patchset, since);
            if (messages == null) {
                return new ReviewResult(
                        Kind.REFUSED, "Gerrit has no change " + change + ", or our account may not see it.");
            }
            for (GerritMessage found : messages) {
                if (comparable(found.text()).endsWith(wanted)) {
                    return ReviewResult.posted();
                }
            }
            return new ReviewResult(Kind.NOT_SENT, "Gerrit does not have it.");
        } catch (IOException e) {
            return new ReviewResult(Kind.UNKNOWN, e.getMessage());
        }
    }

    /** Gerrit trims what it stores, and may end lines in its own way. */
    private static String comparable(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    static String command(String project, int change, int patchset, String message, Map<String, Integer> labels) {
        CommandLine line = new CommandLine("gerrit review").option("project", clean(project));
        String text = fit(message);
        if (text.isEmpty() && labels.isEmpty()) {
            throw new IllegalArgumentException("neither a message nor a vote");
        }
        if (!text.isEmpty()) {
            // Gerrit trims what it stores, so a blank before it makes any text safe and is not seen.
            line.option("message", CommandLine.isSafe(text) ? text : " " + text);
        }
        for (Map.Entry<String, Integer> vote : new TreeMap<>(labels).entrySet()) {
            if (!LABEL.matcher(vote.getKey()).matches()) {
                throw new IllegalArgumentException("Gerrit can have no label of the name " + vote.getKey());
            }
            line.option("label", vote.getKey() + "=" + vote.getValue());
        }
        if (change <= 0 || patchset <= 0) {
            throw new IllegalArgumentException("not a patchset: " + change + "," + patchset);
        }
        return line.word(change + "," + patchset).toString();
    }

    /** The text as Gerrit can store it. */
    static String fit(String message) {
        String text = clean(message.replace("\r\n", "\n").replace('\r', '\n')).strip();
        if (text.getBytes(StandardCharsets.UTF_8).length <= MAX_MESSAGE_BYTES) {
            return text;
        }
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > MAX_MESSAGE_BYTES - CUT.getBytes(StandardCharsets.UTF_8).length) {
                break;
            }
            end += Character.charCount(point);
        }
        return text.substring(0, end) + CUT;
    }

    /** Without characters that no text has, NUL and halves of surrogate pairs among them. */
    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    static ReviewResult result(ExecResult answer) {
        String said = (answer.stderr() + "\n" + answer.stdout()).strip();
        boolean complains = COMPLAINT.matcher(said).find();
        if (answer.exitStatus() == 0 && !complains) {
            return ReviewResult.posted();
        }
        String reason = said.isEmpty()
                ? "gerrit review ended with status " + answer.exitStatus() + "."
                : "Gerrit answered: " + GerritConnection.firstLine(said);
        // An error of the server's own may come after the vote was stored: only a look can tell.
        boolean refused = answer.exitStatus() > 0
                && (complains || said.toLowerCase(Locale.ROOT).contains("no such"))
                && !TRANSIENT.matcher(said).find();
        if (!refused) {
            return new ReviewResult(Kind.UNKNOWN, reason);
        }
        return new ReviewResult(VOTE.matcher(said).find() ? Kind.VOTE_REFUSED : Kind.REFUSED, reason);
    }
}
