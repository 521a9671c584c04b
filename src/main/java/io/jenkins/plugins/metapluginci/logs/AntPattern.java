package io.jenkins.plugins.metapluginci.logs;

/** Ant's file patterns, for the {@code find} of a node. */
final class AntPattern {
    private AntPattern() {}

    /** Whether a name holds a wildcard. */
    static boolean isWild(String segment) {
        return segment.indexOf('*') >= 0 || segment.indexOf('?') >= 0;
    }

    /**
     * The POSIX extended regular expression for the paths that {@code find .} prints.
     *
     * @param pattern without empty segments, such as <code>**&#47;*.log</code>: {@code ?} is a character and {@code *} any
     *     number of them in a name, {@code **} as a whole name any number of directories
     */
    static String toRegex(String pattern) {
        StringBuilder regex = new StringBuilder("\\./");
        String[] segments = pattern.split("/");
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            if (segments[i].equals("**")) {
                regex.append(last ? ".+" : "(.+/)?");
            } else {
                append(regex, segments[i]);
                regex.append(last ? "" : "/");
            }
        }
        return regex.toString();
    }

    private static void append(StringBuilder regex, String segment) {
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if ("\\^$.|()[]{}+".indexOf(c) >= 0) {
                regex.append('\\').append(c);
            } else {
                regex.append(c);
            }
        }
    }
}
