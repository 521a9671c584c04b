package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.JsonObject;
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
record QueryAnswer(List<JsonObject> rows, boolean more, boolean saysMore) {
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
        List<JsonObject> rows = new ArrayList<>();
        String text = result.stdout();
        try {
            for (int start = 0; start < text.length(); ) {
                int end = text.indexOf('\n', start);
                if (end < 0) {
                    break;
                }
                String line = text.substring(start, end);
                start = end + 1;
                if (line.isBlank()) {
                    continue;
                }
                JsonObject json = GerritJson.object(line);
                switch (GerritJson.text(json, "type")) {
                    case "stats" -> {
                        String more = GerritJson.text(json, "moreChanges");
                        return new QueryAnswer(rows, more.equals("true"), !more.isEmpty());
                    }
                    case "error" ->
                        throw new IOException("Gerrit could not answer a query: "
                                + GerritConnection.firstLine(GerritJson.text(json, "message")));
                    default -> rows.add(json);
                }
            }
        } catch (MalformedException e) {
            throw new IOException("Gerrit's answer to a query could not be read: " + e.getMessage(), e);
        }
        if (result.exitStatus() == 0 && !text.isEmpty()) {
            throw new TooLongException();
        }
        throw new IOException("Gerrit's answer to a query has no end (status " + result.exitStatus() + "): "
                + GerritConnection.firstLine(result.stderr()));
    }
}
