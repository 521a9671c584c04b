package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.regex.Pattern;

/** Where in the layout something is, written as Zuul's validator did: data['pipelines'][0]['name']. */
record Path(@CheckForNull Path parent, String element) {
    private static final int MAX_NAME = 100;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]+");

    static final Path ROOT = new Path(null, "data");

    /** The value of a key; what is no text is written without quotes, as Python would. */
    Path key(Value key) {
        return new Path(this, '[' + (key.is(Value.Kind.STR) ? quoted(key.text()) : shortened(key.text())) + ']');
    }

    Path key(String key) {
        return new Path(this, '[' + quoted(key) + ']');
    }

    Path item(int index) {
        return new Path(this, "[" + index + ']');
    }

    private static String quoted(String text) {
        String name = shortened(text);
        return name.indexOf('\'') < 0 ? '\'' + name + '\'' : '"' + name + '"';
    }

    /** A name fit for a message of one line. */
    static String shortened(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return line.length() <= MAX_NAME
                ? line
                : line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, MAX_NAME - 1))) + "...";
    }

    @Override
    public String toString() {
        return parent == null ? element : parent + element;
    }
}
