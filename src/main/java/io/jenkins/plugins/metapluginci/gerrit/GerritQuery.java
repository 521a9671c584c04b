package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Asks Gerrit about changes, with {@code gerrit query}. Any thread; each question is one command, sent again once when the
 * connection was cut.
 */
public final class GerritQuery {
    /** A change with thousands of comments makes a few megabytes. */
    private static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;

    private static final List<String> CURRENT = List.of("--current-patch-set");

    private final Commands commands;

    GerritQuery(Commands commands) {
        this.commands = commands;
    }

    /** Where the commands are run, and as whom. */
    interface Commands {
        /** @param repeatable whether it may be sent twice */
        ExecResult command(String command, boolean repeatable, int maxBytes) throws SshException, InterruptedException;

        /** The user name of our account. @throws SshException when Gerrit is not configured */
        String account() throws SshException;
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
        String account = commands.account();
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
        List<String> options = withMessages ? List.of("--current-patch-set", "--comments") : CURRENT;
        // A number can be part of other matches too (an abbreviated commit, say).
        return changes(rows(options, "change:" + number)).stream()
                .filter(change -> change.change().number() == number)
                .findFirst()
                .orElse(null);
    }

    /** The changes that a query finds. @param options as they stand on the command line */
    List<QueryRow> rows(List<String> options, String query) throws IOException, InterruptedException {
        return answer(options, query).rows();
    }

    /** The whole answer to a query. */
    QueryAnswer answer(List<String> options, String query) throws IOException, InterruptedException {
        CommandLine line = new CommandLine("gerrit query").option("format", "JSON");
        options.forEach(line::word);
        return QueryAnswer.of(commands.command(line.word(query).toString(), true, MAX_ANSWER_BYTES));
    }

    static List<QueriedChange> changes(List<QueryRow> rows) {
        return rows.stream()
                .map(row -> new QueriedChange(row.change(), row.currentPatchSet(), row.open(), row.messages()))
                .toList();
    }
}
