package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.layout.Reporter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the reporters of a layout say to Gerrit: its options that are votes, under the names that Gerrit writes labels with
 * ({@code code-review: 1} is {@code Code-Review=1}; a name with a capital letter stays as it is), and whether the comment is
 * forced.
 *
 * @param votes by label
 * @param force Zuul's force-message
 * @param posts whether there is a reporter for Gerrit at all
 */
record Labels(Map<String, Integer> votes, boolean force, boolean posts) {
    private static final String FORCE = "force-message";

    /** @param connection the name by which they mean Gerrit */
    static Labels of(List<Reporter> reporters, String connection) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        boolean force = false;
        boolean posts = false;
        for (Reporter reporter : reporters) {
            if (!reporter.connection().equals(connection)) {
                continue;
            }
            posts = true;
            for (Map.Entry<String, String> option : reporter.options().entrySet()) {
                force |= option.getKey().equals(FORCE) && option.getValue().equals("true");
                if (isNumber(option.getValue())) {
                    votes.put(name(option.getKey()), Integer.parseInt(option.getValue()));
                }
            }
        }
        return new Labels(votes, force, posts);
    }

    private static boolean isNumber(String text) {
        return text.matches("[+-]?[0-9]{1,4}");
    }

    /** As Gerrit writes it. */
    static String name(String option) {
        if (!option.equals(option.toLowerCase(Locale.ROOT))) {
            return option;
        }
        StringBuilder name = new StringBuilder();
        boolean first = true;
        for (char c : option.toCharArray()) {
            name.append(first ? Character.toUpperCase(c) : c);
            first = c == '-';
        }
        return name.toString();
    }
}
