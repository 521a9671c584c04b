package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.Locale;

/** What somebody who mistyped a word may have meant. */
final class Nearest {
    /** No key of a layout is longer but the names of pipelines, and the work grows with the square. */
    private static final int LONGEST = 60;

    private Nearest() {}

    /**
     * The known word with the fewest letters added, dropped, replaced or swapped with their neighbour: at most one in three.
     * Case does not count.
     *
     * @return null when none is that near; the first of several
     */
    @CheckForNull
    static String to(String word, Collection<String> known) {
        if (word.length() > LONGEST) {
            return null;
        }
        String nearest = null;
        int best = Integer.MAX_VALUE;
        for (String each : known) {
            int longer = Math.max(word.length(), each.length());
            if (longer <= LONGEST) {
                int distance = distance(word.toLowerCase(Locale.ROOT), each.toLowerCase(Locale.ROOT));
                if (distance <= longer / 3 && distance < best) {
                    nearest = each;
                    best = distance;
                }
            }
        }
        return nearest;
    }

    /** The distance of Damerau and Levenshtein, no letter touched twice. */
    private static int distance(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[to.length()];
    }
}
