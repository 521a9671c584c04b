package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code gerrit query --format=JSON} said: a line for each change, then one that counts them or says what went wrong.
 *
 * @param rows one for each change
 * @param more whether there are more than these, as Gerrit 2.9 and later say
 * @param saysMore whether it said so at all
 */
record QueryAnswer(List<QueryRow> rows, boolean more, boolean saysMore) {
    QueryAnswer {
        rows = List.copyOf(rows);
    }

    /** Gerrit ended in good order, and yet the answer has no end: it was longer than the bound up to which it is kept. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException() {
            super("Gerrit's answer to a query is too long.");
        }
    }

    static QueryAnswer of(ExecResult result) throws IOException {
        List<QueryRow> rows = new ArrayList<>();
        String text = result.stdout();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            String line = text.substring(start, end);
            start = end + 1;
            if (line.isBlank()) {
                continue;
            }
            QueryRow.Parts parts = parts(line);
            switch (parts.type()) {
                case "stats" -> {
                    return new QueryAnswer(
                            rows, parts.more().equals("true"), !parts.more().isEmpty());
                }
                case "error" ->
                    throw new IOException(
                            "Gerrit could not answer a query: " + GerritConnection.firstLine(parts.error()));
                default -> rows.add(parts.made());
            }
        }
        if (result.exitStatus() == 0 && !text.isEmpty()) {
            throw new TooLongException();
        }
        throw new IOException("Gerrit's answer to a query has no end (status " + result.exitStatus() + "): "
                + GerritConnection.firstLine(result.stderr()));
    }

    private static QueryRow.Parts parts(String line) throws IOException {
        QueryRow.Parts parts = new QueryRow.Parts();
        try {
            GerritJson.line(line, parts);
            return parts;
        } catch (MalformedException e) {
            throw new IOException("Gerrit's answer to a query could not be read: " + e.getMessage(), e);
        }
    }
}
