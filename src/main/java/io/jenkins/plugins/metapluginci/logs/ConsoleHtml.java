package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A console as a page: each line has a number to link to and, where it is known, its time. Written as it is read, whatever its
 * length, in one go or piece by piece while the build runs. One thread at a time.
 */
final class ConsoleHtml {
    static final String NAME = "console.html";
    static final String TEXT = "console.txt";

    /** After so many characters of console the page refers to the text: browsers do not show more. */
    static final long MAX_CHARACTERS = 32L << 20;

    private static final int REFRESH_SECONDS = 10;

    /** What our own builds, and many of OpenStack's tools, write before a line. */
    private static final Pattern STAMP = Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\| ");

    private static final int STAMP_LENGTH = "2014-05-13 16:53:20.000 | ".length();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final SeenLines seen;
    private final StringBuilder start = new StringBuilder();
    private int line;
    private boolean inLine;
    private long characters;
    private boolean full;

    ConsoleHtml(SeenLines seen) {
        this.seen = seen;
    }

    /** What comes before the console. @param running whether a browser should look again by itself */
    static String head(String title, boolean running) {
        return Html.head(title + ": console", running ? REFRESH_SECONDS : 0)
                + "<h1>" + Html.text(title) + "</h1>\n"
                + "<nav><a href=\"./\">Overview</a><a href=\"console.txt\">console.txt</a>"
                + (running
                        ? "<span class=\"wait\">The build runs; times are UTC.</span>"
                        : "<span>Times are UTC.</span>")
                + "</nav>\n<pre>\n";
    }

    /** What comes behind it. */
    String tail() {
        StringBuilder out = new StringBuilder();
        begun(out);
        if (inLine) {
            out.append("</span>\n");
        }
        out.append("</pre>\n");
        if (full) {
            out.append("<p class=\"problem\">The console goes on in <a href=\"console.txt\">console.txt</a>.</p>\n");
        }
        return out.append(Html.tail()).toString();
    }

    /** The whole page. */
    static void page(String title, Reader console, SeenLines seen, Writer out) throws IOException {
        ConsoleHtml page = new ConsoleHtml(seen);
        out.write(head(title, false));
        char[] buffer = new char[8192];
        for (int count = console.read(buffer); count >= 0 && !page.full; count = console.read(buffer)) {
            out.write(page.lines(buffer, count));
        }
        out.write(page.tail());
    }

    /** The next piece of the console as the next piece of the page; empty once the page is full. */
    String lines(char[] text, int count) {
        StringBuilder out = new StringBuilder(count + 64);
        for (int i = 0; i < count && !full; i++) {
            character(out, text[i]);
        }
        return out.toString();
    }

    private void character(StringBuilder out, char c) {
        if (!inLine) {
            start.append(c);
            if (c == '\n' || start.length() == STAMP_LENGTH) {
                begun(out);
            }
        } else {
            inside(out, c);
        }
        full = ++characters >= MAX_CHARACTERS;
    }

    /** The beginning of a line is complete, or as complete as it will be. */
    private void begun(StringBuilder out) {
        if (start.length() == 0) {
            return;
        }
        String text = start.toString();
        start.setLength(0);
        line++;
        inLine = true;
        out.append("<span id=\"L")
                .append(line)
                .append("\"><a href=\"#L")
                .append(line)
                .append("\">");
        out.append(line).append("</a> ");
        boolean stamped = STAMP.matcher(text).matches();
        long at = stamped ? 0 : seen.at(line);
        if (stamped) {
            out.append("<i>").append(text, 0, STAMP_LENGTH - 3).append("</i> ");
        } else if (at > 0) {
            out.append("<i>").append(TIME.format(Instant.ofEpochMilli(at))).append("</i> ");
        }
        for (int i = stamped ? STAMP_LENGTH : 0; i < text.length(); i++) {
            inside(out, text.charAt(i));
        }
    }

    private void inside(StringBuilder out, char c) {
        if (c == '\n') {
            out.append("</span>\n");
            inLine = false;
        } else if (Character.isSurrogate(c)) {
            out.append(c);
        } else {
            Html.escape(out, c);
        }
    }
}
