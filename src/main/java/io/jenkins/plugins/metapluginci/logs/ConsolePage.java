package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * The page that a build's link opens: what was run, and its console with a link for each line. Everything in it is text
 * that others wrote, so all of it is escaped and the page runs no script. Written as it is read, whatever its length.
 *
 * @param title name of the build
 * @param result how it ended
 * @param facts further pairs of a name and a value, in order; those without a value are left out
 * @param startedAt epoch milliseconds
 * @param duration of the build
 * @param hasLogs whether there is a directory {@code logs} beside it
 * @param problem why logs are missing; null when they are not
 */
record ConsolePage(
        String title,
        String result,
        List<Fact> facts,
        long startedAt,
        Duration duration,
        boolean hasLogs,
        @CheckForNull String problem) {
    /** After so many characters of console the page refers to the text file: browsers do not show more. */
    static final long MAX_CHARACTERS = 32L << 20;

    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private static final String STYLE = """
            body { font-family: sans-serif; margin: 1em 2em; color: #222; background: #fff; }
            h1 { font-size: 1.3em; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .2em 1em; }
            dt { color: #666; } dd { margin: 0; }
            .problem { color: #a00; }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85em; line-height: 1.35; }
            pre a { color: #999; text-decoration: none; user-select: none; }
            pre a:target { background: #fd6; }
            @media (prefers-color-scheme: dark) {
              body { color: #ddd; background: #181818; } dt { color: #999; } a { color: #8bf; } .problem { color: #f88; }
            }
            """;

    /** A line of the head. @param value null or empty leaves it out */
    record Fact(String name, @CheckForNull String value) {}

    /**
     * Writes the page.
     *
     * @param console the plain console
     */
    void write(Reader console, Writer out) throws IOException {
        head(out);
        out.write("<pre>\n");
        boolean whole = lines(console, out);
        out.write("</pre>\n");
        if (!whole) {
            out.write("<p class=\"problem\">The console goes on in <a href=\"console.txt\">console.txt</a>.</p>\n");
        }
        out.write("</body>\n</html>\n");
    }

    private void head(Writer out) throws IOException {
        out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        out.write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                + " style-src 'unsafe-inline'\">\n");
        out.write("<meta name=\"robots\" content=\"noindex\">\n<title>");
        text(out, title + ": " + result);
        out.write("</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>");
        text(out, title);
        out.write("</h1>\n<dl>\n");
        fact(out, "Result", result);
        for (Fact fact : facts) {
            fact(out, fact.name(), fact.value());
        }
        Instant start = Instant.ofEpochMilli(startedAt);
        fact(out, "Started", UTC.format(start));
        fact(out, "Ended", UTC.format(start.plus(duration)));
        fact(out, "Duration", words(duration));
        out.write("</dl>\n<p><a href=\"console.txt\">console.txt</a>");
        out.write(hasLogs ? " · <a href=\"logs/\">logs/</a></p>\n" : "</p>\n");
        if (problem != null) {
            out.write("<p class=\"problem\">");
            text(out, "The logs are missing: " + problem + ".");
            out.write("</p>\n");
        }
    }

    private static void fact(Writer out, String name, @CheckForNull String value) throws IOException {
        if (value != null && !value.isBlank()) {
            out.write("<dt>");
            text(out, name);
            out.write("</dt><dd>");
            text(out, value);
            out.write("</dd>\n");
        }
    }

    private static String words(Duration duration) {
        if (duration.toHours() > 0) {
            return String.format(
                    "%dh %02dm %02ds", duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
        }
        return duration.toMinutes() > 0
                ? String.format("%dm %02ds", duration.toMinutes(), duration.toSecondsPart())
                : duration.toSeconds() + "s";
    }

    /** @return whether all of it is on the page */
    private static boolean lines(Reader console, Writer out) throws IOException {
        char[] buffer = new char[8192];
        long characters = 0;
        long line = 0;
        boolean begins = true;
        for (int count = console.read(buffer); count >= 0; count = console.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (begins) {
                    line++;
                    out.write("<a id=\"L" + line + "\" href=\"#L" + line + "\">" + line + "</a> ");
                }
                begins = buffer[i] == '\n';
                escaped(out, buffer[i]);
            }
            characters += count;
            if (characters >= MAX_CHARACTERS) {
                return false;
            }
        }
        return true;
    }

    private static void text(Writer out, String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            escaped(out, text.charAt(i));
        }
    }

    private static void escaped(Writer out, char c) throws IOException {
        switch (c) {
            case '<' -> out.write("&lt;");
            case '>' -> out.write("&gt;");
            case '&' -> out.write("&amp;");
            case '"' -> out.write("&quot;");
            case '\'' -> out.write("&#39;");
            case '\n', '\t' -> out.write(c);
            case '\r' -> {}
            default -> out.write(Character.isISOControl(c) ? '\u00B7' : c);
        }
    }
}
