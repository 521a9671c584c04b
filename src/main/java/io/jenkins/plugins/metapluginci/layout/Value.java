package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Locale;

/**
 * A piece of a YAML text with its place in it. Immutable; one that an alias repeats is shared.
 *
 * @param text of a scalar, as written; "" of a collection
 * @param items of a list
 * @param entries of a mapping, each key once
 * @param line from 1
 * @param column from 1
 * @param weight how many pieces it is when each alias is written out
 */
record Value(Kind kind, String text, List<Value> items, List<Entry> entries, int line, int column, long weight) {
    /** Stands for a text without any. */
    static final Value NOTHING = new Value(Kind.NULL, "", List.of(), List.of(), 1, 1, 1);

    /** What YAML 1.1 takes a piece for. */
    enum Kind {
        MAP("a mapping"),
        LIST("a list"),
        STR("a text"),
        INT("a number"),
        FLOAT("a number"),
        BOOL("a truth value"),
        NULL("nothing"),
        DATE("a date");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** One line of a mapping. */
    record Entry(Value key, Value value) {}

    /** A text that is not in the YAML, at the place of one that is. */
    static Value text(String text, Value place) {
        return new Value(Kind.STR, text, List.of(), List.of(), place.line, place.column, 1);
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    /** The value of a key of a mapping; null when it has none, or this is no mapping. */
    @CheckForNull
    Value get(String name) {
        Entry entry = entry(name);
        return entry == null ? null : entry.value;
    }

    @CheckForNull
    Entry entry(String name) {
        for (Entry entry : entries) {
            if (entry.key.is(Kind.STR) && entry.key.text.equals(name)) {
                return entry;
            }
        }
        return null;
    }

    /** Scalar-or-list, as most of Zuul's keys are: a list's items, or this alone; nothing when null was written. */
    List<Value> asList() {
        if (is(Kind.LIST)) {
            return items;
        }
        return is(Kind.NULL) ? List.of() : List.of(this);
    }

    /** Of a {@link Kind#BOOL}. */
    boolean asBoolean() {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "on" -> true;
            default -> false;
        };
    }

    /** Of a {@link Kind#INT}, which YAML 1.1 writes in five ways; null when it does not fit. */
    @CheckForNull
    Integer asInteger() {
        if (!is(Kind.INT)) {
            return null;
        }
        String digits = text.replace("_", "");
        boolean negative = digits.startsWith("-");
        digits = digits.startsWith("+") || negative ? digits.substring(1) : digits;
        try {
            return Math.toIntExact(negative ? -magnitude(digits) : magnitude(digits));
        } catch (NumberFormatException | ArithmeticException e) {
            return null;
        }
    }

    private static long magnitude(String digits) {
        if (digits.startsWith("0b")) {
            return Long.parseLong(digits.substring(2), 2);
        }
        if (digits.startsWith("0x")) {
            return Long.parseLong(digits.substring(2), 16);
        }
        if (digits.indexOf(':') >= 0) {
            long sum = 0;
            for (String part : digits.split(":")) {
                sum = Math.addExact(Math.multiplyExact(sum, 60L), Long.parseLong(part));
            }
            return sum;
        }
        return digits.length() > 1 && digits.startsWith("0") ? Long.parseLong(digits, 8) : Long.parseLong(digits);
    }

    /** For a message about something else than what was expected here: "the number 2014.1". */
    String described() {
        return switch (kind) {
            case MAP, LIST, NULL -> kind.words;
            default -> "the" + kind.words.substring(1) + " " + Path.shortened(text);
        };
    }

    /** Whether quotes would make a text of it. */
    boolean wouldBeTextInQuotes() {
        return switch (kind) {
            case INT, FLOAT, BOOL, DATE -> true;
            default -> false;
        };
    }
}
