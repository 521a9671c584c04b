package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks Gerrit about changes, with {@code gerrit query}. Any thread; each question is one command, sent again once when the
 * connection was cut.
 */
public final class GerritQuery {
    /** A change with thousands of comments makes a few megabytes. */
    private static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;
    /** How each comment's text begins, in every release from 2.4 to 3.10. */
    private static final Pattern PATCH_SET = Pattern.compile("\\APatch Set ([0-9]{1,9}):");

    private final GerritConnection connection;

    GerritQuery(GerritConnection connection) {
        this.connection = connection;
    }

    /**
     * A change with its current patchset.
     *
     * @return null when there is none of that number, or our account may not see it
     * @throws IOException when Gerrit could not be asked, or did not answer as Gerrit does
     */
    @CheckForNull
    public QueriedChange change(int number) throws IOException, InterruptedException {
        return ask(number, false);
    }

    /**
     * The comments of our own account on a patchset.
     *
     * @param since those before are left out; by Gerrit's clock, compared in whole seconds
     * @return oldest first; null when there is no such change, or our account may not see it
     * @throws IOException when Gerrit could not be asked, or did not answer as Gerrit does
     */
    @CheckForNull
    public List<GerritMessage> messages(int number, int patchset, Instant since)
            throws IOException, InterruptedException {
        String account = connection.account();
        QueriedChange change = ask(number, true);
        if (change == null) {
            return null;
        }
        Instant from = since.truncatedTo(ChronoUnit.SECONDS);
        return change.messages().stream()
                .filter(message -> message.author().username().equals(account))
                .filter(message -> message.patchset() == patchset)
                .filter(message -> !message.at().isBefore(from))
                .toList();
    }

    private QueriedChange ask(int number, boolean withMessages) throws IOException, InterruptedException {
        if (number <= 0) {
            throw new IllegalArgumentException("not the number of a change: " + number);
        }
        CommandLine line =
                new CommandLine("gerrit query").option("format", "JSON").word("--current-patch-set");
        if (withMessages) {
            line.word("--comments");
        }
        List<QueriedChange> found =
                answer(connection.command(line.word("change:" + number).toString(), true, MAX_ANSWER_BYTES));
        // A number can be part of other matches too (an abbreviated commit, say).
        return found.stream()
                .filter(change -> change.change().number() == number)
                .findFirst()
                .orElse(null);
    }

    /** The lines of an answer: one for each change, then one that counts them or says what went wrong. */
    static List<QueriedChange> answer(ExecResult result) throws IOException {
        List<QueriedChange> changes = new ArrayList<>();
        try {
            for (String line : result.stdout().split("\n")) {
                if (line.isBlank()) {
                    continue;
                }
                JsonObject json = GerritJson.object(line);
                switch (GerritJson.text(json, "type")) {
                    case "stats" -> {
                        return changes;
                    }
                    case "error" ->
                        throw new IOException("Gerrit could not answer a query: "
                                + GerritConnection.firstLine(GerritJson.text(json, "message")));
                    default -> changes.add(change(json));
                }
            }
        } catch (MalformedException e) {
            throw new IOException("Gerrit's answer to a query could not be read: " + e.getMessage(), e);
        }
        throw new IOException("Gerrit's answer to a query has no end (status " + result.exitStatus() + "): "
                + GerritConnection.firstLine(result.stderr()));
    }

    private static QueriedChange change(JsonObject json) throws MalformedException {
        JsonObject patchSet = GerritJson.child(json, "currentPatchSet");
        List<GerritMessage> messages = new ArrayList<>();
        for (JsonElement element : GerritJson.array(json, "comments")) {
            if (element.isJsonObject()) {
                messages.add(message(element.getAsJsonObject()));
            }
        }
        GerritChange change = GerritJson.change(json);
        // Every release says "open" in answers; the status stands in where one does not.
        String open = GerritJson.text(json, "open");
        boolean isOpen = open.isEmpty() ? change.status().equals("NEW") : open.equals("true");
        return new QueriedChange(
                change, patchSet == null ? null : GerritJson.patchSet(patchSet), isOpen, List.copyOf(messages));
    }

    private static GerritMessage message(JsonObject json) throws MalformedException {
        String text = GerritJson.text(json, "message");
        Matcher about = PATCH_SET.matcher(text);
        return new GerritMessage(
                Instant.ofEpochSecond(GerritJson.number(json, "timestamp")),
                GerritJson.account(GerritJson.child(json, "reviewer")),
                about.find() ? Integer.parseInt(about.group(1)) : 0,
                text);
    }
}
