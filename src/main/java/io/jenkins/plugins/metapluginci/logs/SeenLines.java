package io.jenkins.plugins.metapluginci.logs;

import java.util.Arrays;

/**
 * When the lines of a console were first seen, as closely as somebody looked. A console does not say itself when a line was
 * written, unless whoever wrote it did. Bounded; guarded by its monitor.
 */
final class SeenLines {
    private static final int MAX = 50_000;

    private int[] lines = new int[64];
    private long[] times = new long[64];
    private int count;

    /** Lines up to this one (from 1) are there now. @param ms epoch milliseconds */
    synchronized void seen(int line, long ms) {
        if (count == MAX || count > 0 && lines[count - 1] >= line) {
            return;
        }
        if (count == lines.length) {
            lines = Arrays.copyOf(lines, 2 * count);
            times = Arrays.copyOf(times, 2 * count);
        }
        lines[count] = line;
        times[count] = ms;
        count++;
    }

    /** When a line was there, epoch milliseconds; 0 when nobody saw it. */
    synchronized long at(int line) {
        int index = Arrays.binarySearch(lines, 0, count, line);
        int first = index >= 0 ? index : -index - 1;
        return first < count ? times[first] : 0;
    }
}
