package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shell script that reads log files on a node: one process for all sources of a build, for {@code sh} to read from its
 * standard input (an argument would have its {@code $} expanded by the core). The output's form is {@link NodeStream}'s.
 *
 * @param text the script
 * @param sections what each numbered section of the output is
 */
record NodeScript(String text, List<Section> sections) {
    /**
     * Files of one directory.
     *
     * @param directory absolute path on the node
     * @param first a plain name in it that the patterns begin with, empty for none
     * @param regex of the paths in there, as {@code find} prints them
     * @param prefix where they go below {@code logs/}, a safe relative path, empty for {@code logs/} itself
     */
    record Section(String directory, String first, String regex, String prefix) {}

    /**
     * Makes the script.
     *
     * @param deadline for all of it
     * @throws IllegalArgumentException with words for people, when a source names no files
     */
    static NodeScript of(List<LogSource> sources, TransferLimits limits, Duration deadline) throws IOException {
        List<Section> sections = new ArrayList<>();
        for (LogSource source : sources) {
            sections.addAll(sectionsOf(source));
        }
        StringBuilder calls = new StringBuilder();
        calls.append("seconds=").append(deadline.toSeconds()).append('\n');
        calls.append("file_limit=").append(limits.fileBytes()).append('\n');
        calls.append("stream_limit=").append(limits.streamBytes()).append('\n');
        calls.append("sections() {\n");
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            calls.append("  section ").append(i);
            for (String argument : List.of(section.directory(), section.first(), section.regex(), section.prefix())) {
                calls.append(' ').append(quoted(argument));
            }
            calls.append(" || return 1\n");
        }
        calls.append("  return 0\n}");
        return new NodeScript(template().replace("@CALLS@", calls), List.copyOf(sections));
    }

    /** Tries patterns. @throws IllegalArgumentException with words for people, when they name no files */
    static void check(String patterns) {
        sectionsOf(new LogSource("/", patterns, ""));
    }

    private static List<Section> sectionsOf(LogSource source) {
        if (!source.directory().startsWith("/") || hasControl(source.directory())) {
            throw new IllegalArgumentException("not an absolute directory: " + source.directory());
        }
        Map<String, List<String>> byFirst = new LinkedHashMap<>();
        for (String pattern : source.pattern().split(",")) {
            String plain = normalized(pattern);
            if (plain != null) {
                int slash = plain.indexOf('/');
                boolean hasFirst = slash > 0 && !AntPattern.isWild(plain.substring(0, slash));
                byFirst.computeIfAbsent(hasFirst ? plain.substring(0, slash) : "", first -> new ArrayList<>())
                        .add(AntPattern.toRegex(hasFirst ? plain.substring(slash + 1) : plain));
            }
        }
        if (byFirst.isEmpty()) {
            throw new IllegalArgumentException("no files are named");
        }
        List<Section> sections = new ArrayList<>();
        byFirst.forEach((first, regexes) -> {
            String name = first.equals(TreeSink.NAME) ? "" : first;
            sections.add(new Section(
                    source.directory(), first, "(" + String.join("|", regexes) + ")", prefix(source.name(), name)));
        });
        return sections;
    }

    /** The pattern without empty and {@code .} segments; null when nothing is left of it. */
    @CheckForNull
    private static String normalized(String pattern) {
        String text = pattern.strip();
        if (text.startsWith("/") || hasControl(text)) {
            throw new IllegalArgumentException("not a pattern relative to the directory: " + PublishNotes.clean(text));
        }
        List<String> segments = new ArrayList<>();
        for (String segment : (text.endsWith("/") ? text + "**" : text).split("/")) {
            if (segment.equals("..")) {
                throw new IllegalArgumentException("the pattern leads out of the directory: " + text);
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        return segments.isEmpty() ? null : String.join("/", segments);
    }

    private static String prefix(String name, String first) {
        String joined = name.isEmpty() || first.isEmpty() ? name + first : name + "/" + first;
        if (joined.isEmpty()) {
            return "";
        }
        SafeName safe = SafeName.of(joined);
        if (safe.path() == null) {
            throw new IllegalArgumentException("not a name for logs: " + joined);
        }
        return safe.path();
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    private static String template() throws IOException {
        try (InputStream in = NodeScript.class.getResourceAsStream("read-logs.sh")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
