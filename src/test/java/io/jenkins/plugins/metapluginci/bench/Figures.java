package io.jenkins.plugins.metapluginci.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Measured times, and what benchmarks say of them. One thread. */
public final class Figures {
    private final List<Long> nanos = new ArrayList<>();

    void add(long nanoseconds) {
        nanos.add(nanoseconds);
    }

    int count() {
        return nanos.size();
    }

    /** Milliseconds below which this part of all measurements is. @param part 0.5 for the median */
    double percentile(double part) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        int at = (int) Math.ceil(part * sorted.size()) - 1;
        return sorted.get(Math.max(0, Math.min(at, sorted.size() - 1))) / 1e6;
    }

    double median() {
        return percentile(0.5);
    }

    /** Those of some runs alone. */
    Figures between(int from, int to) {
        Figures part = new Figures();
        part.nanos.addAll(nanos.subList(Math.max(0, from), Math.min(nanos.size(), to)));
        return part;
    }

    @Override
    public String toString() {
        return String.format(
                "median %.1f ms, 90 %% below %.1f ms, slowest %.1f ms (%d runs)",
                median(), percentile(0.9), percentile(1), count());
    }

    /** A whole number among the words of a benchmark or a soak. */
    public static int option(String[] words, String name, int otherwise) {
        int at = Arrays.asList(words).indexOf(name);
        if (at < 0) {
            return otherwise;
        }
        if (at + 1 >= words.length) {
            throw new IllegalArgumentException(name + " needs a number");
        }
        return Integer.parseInt(words[at + 1]);
    }
}
