package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What the pages beside a build's logs have in common. What they show was written by others: all of it goes through here. */
final class Html {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB"};

    private static final String STYLE = """
            :root { --text: #222; --back: #fff; --soft: #666; --line: #ddd; --link: #0b5cad; --bad: #a8071a; --good: #237804;
              --wait: #8a5a00; --mark: #ffe58f; }
            @media (prefers-color-scheme: dark) { :root { --text: #ddd; --back: #181818; --soft: #9a9a9a; --line: #3a3a3a;
              --link: #8bbcff; --bad: #ff8a80; --good: #95de64; --wait: #ffc069; --mark: #594214; } }
            * { box-sizing: border-box; }
            body { font: 15px/1.45 sans-serif; margin: 1rem auto; padding: 0 1rem; max-width: 75rem; color: var(--text);
              background: var(--back); overflow-wrap: anywhere; }
            h1 { font-size: 1.35rem; margin: .3rem 0; } h2 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
            a { color: var(--link); } .soft, dt { color: var(--soft); }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .6rem 0; } dd { margin: 0; }
            .result { font-weight: bold; } .good { color: var(--good); } .bad, .problem { color: var(--bad); }
            .wait { color: var(--wait); }
            nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .6rem 0; }
            ul { list-style: none; margin: 0; padding-left: 1.1rem; border-left: 1px solid var(--line); }
            .files > ul, .notes { border-left: 0; padding-left: 0; }
            li { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .08rem 0; } li > .size { margin-left: auto; }
            li.inside { display: block; } summary { cursor: pointer; }
            .size { color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }
            pre { white-space: pre-wrap; font-size: .8rem; line-height: 1.35; margin: .6rem 0; }
            pre a { color: var(--soft); text-decoration: none; user-select: none; }
            pre i { color: var(--soft); font-style: normal; } pre span:target { background: var(--mark); }
            @media (max-width: 40rem) { body { padding: 0 .5rem; } dl { grid-template-columns: 1fr; gap: 0; }
              dd { margin-bottom: .4rem; } }
            """;

    private Html() {}

    /**
     * Everything before a page's content.
     *
     * @param title as text
     * @param refreshSeconds after which a browser asks again; 0 for never
     */
    static String head(String title, int refreshSeconds) {
        String refresh = refreshSeconds > 0 ? "<meta http-equiv=\"refresh\" content=\"" + refreshSeconds + "\">\n" : "";
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
                + " base-uri 'none'; form-action 'none'\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                + refresh + "<title>" + text(title) + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n";
    }

    /** Everything behind it. */
    static String tail() {
        return "</body>\n</html>\n";
    }

    /** Text, fit for an element or a quoted attribute. */
    static String text(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> escape(out, c));
        return out.toString();
    }

    /** A character that can neither be a tag nor turn a line around. */
    static void escape(StringBuilder out, int c) {
        switch (c) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            case '\n', '\t' -> out.appendCodePoint(c);
            case '\r' -> {}
            default -> {
                boolean unseen = Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.SURROGATE;
                out.appendCodePoint(unseen ? '\u00B7' : c);
            }
        }
    }

    /** A relative path as a link has it: slashes stay, all that is not plain is percent-encoded. */
    static String path(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
            if (plain || "-._~/+@=,".indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append(String.format("%%%02X", b & 0xff));
            }
        }
        return encoded.toString();
    }

    /** A link. @param href made by {@link #path}, or checked by {@link #isWeb} */
    static String link(String href, String text) {
        return "<a href=\"" + text(href) + "\">" + text(text) + "</a>";
    }

    /** Whether a text is the address of a web page: anything else could be a script. */
    static boolean isWeb(@CheckForNull String url) {
        return url != null && (url.startsWith("http://") || url.startsWith("https://"));
    }

    /** A moment, in UTC. @param ms epoch milliseconds */
    static String utc(long ms) {
        return UTC.format(Instant.ofEpochMilli(ms));
    }

    /** A span of time for people. */
    static String span(Duration duration) {
        if (duration.toHours() > 0) {
            return String.format(
                    Locale.ROOT,
                    "%dh %02dm %02ds",
                    duration.toHours(),
                    duration.toMinutesPart(),
                    duration.toSecondsPart());
        }
        return duration.toMinutes() > 0
                ? String.format(Locale.ROOT, "%dm %02ds", duration.toMinutes(), duration.toSecondsPart())
                : duration.toSeconds() + "s";
    }

    /** A length for people. */
    static String size(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1000 && unit < UNITS.length - 1) {
            amount /= 1000;
            unit++;
        }
        if (unit == 0) {
            return bytes == 1 ? "1 byte" : bytes + " bytes";
        }
        return String.format(Locale.ROOT, amount < 10 ? "%.1f %s" : "%.0f %s", amount, UNITS[unit]);
    }
}
