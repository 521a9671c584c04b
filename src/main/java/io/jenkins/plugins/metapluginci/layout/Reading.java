package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the readers of a layout's parts share. They take what has the right shape and pass over what has not: {@link
 * LayoutShape} has complained about that already, and the rest is still to be checked.
 */
record Reading(Problems problems, ParseOptions options) {
    /** A piece of the layout with its path. */
    record At(Value value, Path path) {}

    /** Where a message about a key belongs: at its value, or at the mapping that lacks it. */
    static Value place(Value map, String key) {
        Value value = map.get(key);
        return value == null ? map : value;
    }

    /** A text; null when there is none. */
    @CheckForNull
    static String text(Value map, String key) {
        Value value = map.get(key);
        return value != null && value.is(Value.Kind.STR) ? value.text() : null;
    }

    static String text(Value map, String key, String otherwise) {
        String text = text(map, key);
        return text == null ? otherwise : text;
    }

    /** A text as Python's "if" sees it: null also when it is empty. */
    @CheckForNull
    static String fullText(Value map, String key) {
        String text = text(map, key);
        return text == null || text.isEmpty() ? null : text;
    }

    /** A truth value; null when there is none. */
    @CheckForNull
    static Boolean bool(Value map, String key) {
        Value value = map.get(key);
        return value != null && value.is(Value.Kind.BOOL) ? (Boolean) value.asBoolean() : null;
    }

    static boolean bool(Value map, String key, boolean otherwise) {
        Boolean value = bool(map, key);
        return value == null ? otherwise : value;
    }

    static int number(Value map, String key, int otherwise) {
        Value value = map.get(key);
        Integer number = value == null ? null : value.asInteger();
        return number == null ? otherwise : number;
    }

    /** The items of a list, or what stands in place of one, each with its path. Nothing when the key is absent or empty. */
    static List<At> listOf(Value map, Path path, String key) {
        Value value = map.get(key);
        if (value == null || value.is(Value.Kind.STR) && value.text().isEmpty()) {
            return List.of();
        }
        if (!value.is(Value.Kind.LIST)) {
            return value.is(Value.Kind.NULL) ? List.of() : List.of(new At(value, path.key(key)));
        }
        List<At> all = new ArrayList<>();
        for (int i = 0; i < value.items().size(); i++) {
            all.add(new At(value.items().get(i), path.key(key).item(i)));
        }
        return all;
    }

    /** A key's texts, as texts. */
    static List<String> texts(Value map, String key) {
        return listOf(map, Path.ROOT, key).stream()
                .filter(each -> each.value.is(Value.Kind.STR))
                .map(each -> each.value.text())
                .toList();
    }

    /** A key's texts, as patterns. */
    List<PythonPattern> patterns(Value map, Path path, String key) {
        List<PythonPattern> patterns = new ArrayList<>();
        for (At each : listOf(map, path, key)) {
            PythonPattern pattern = pattern(each);
            if (pattern != null) {
                patterns.add(pattern);
            }
        }
        return patterns;
    }

    /** A key's text as a pattern; null when there is none, or an empty one. */
    @CheckForNull
    PythonPattern pattern(Value map, Path path, String key) {
        return fullText(map, key) == null ? null : pattern(new At(place(map, key), path.key(key)));
    }

    /** A text as a pattern; null when it is neither. */
    @CheckForNull
    PythonPattern pattern(At at) {
        if (!at.value.is(Value.Kind.STR)) {
            return null;
        }
        try {
            return PythonPattern.compile(at.value.text());
        } catch (PatternProblem e) {
            problems.error(
                    at.value, e.getMessage(), at.path, "the regular expression " + Path.shortened(at.value.text()));
            return null;
        }
    }

    /** A key's list of entries about votes. */
    List<ApprovalRule> rules(Value map, Path path, String key) {
        List<ApprovalRule> rules = new ArrayList<>();
        for (At each : listOf(map, path, key)) {
            if (each.value.is(Value.Kind.MAP)) {
                rules.add(rule(each));
            }
        }
        return rules;
    }

    private ApprovalRule rule(At at) {
        PythonPattern email = pattern(at.value, at.path, "email");
        PythonPattern oldEmail = pattern(at.value, at.path, "email-filter");
        Map<String, List<Integer>> values = new LinkedHashMap<>();
        for (Value.Entry entry : at.value.entries()) {
            switch (entry.key().text()) {
                case "username", "email", "email-filter", "newer-than", "older-than" -> {}
                default -> values.put(category(entry.key(), at.path), numbers(entry, at.path));
            }
        }
        return new ApprovalRule(
                pattern(at.value, at.path, "username"),
                email == null ? oldEmail : email,
                seconds(at, "newer-than"),
                seconds(at, "older-than"),
                values);
    }

    /** The votes that an event itself must carry; of a category that comes twice, the last. */
    Map<String, Integer> votes(Value map, Path path, String key) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (At each : listOf(map, path, key)) {
            for (Value.Entry entry : each.value.entries()) {
                Integer vote = vote(entry.value());
                String category = category(entry.key(), each.path);
                if (vote == null) {
                    notNumber(entry.value(), each.path.key(entry.key()));
                } else {
                    votes.put(category, vote);
                }
            }
        }
        return votes;
    }

    private String category(Value key, Path path) {
        String category = key.text();
        if (!key.is(Value.Kind.STR)) {
            problems.error(key, "expected str", path.key(key), "found " + key.described());
        } else if (!Vote.normalize(category).equals(category)) {
            problems.warning(
                    key,
                    "'" + Path.shortened(category) + "' never matches: write '"
                            + Path.shortened(Vote.normalize(category)) + "', as Zuul compares the names of labels.");
        }
        return category;
    }

    private List<Integer> numbers(Value.Entry entry, Path path) {
        List<Integer> numbers = new ArrayList<>();
        List<Value> all = entry.value().is(Value.Kind.LIST) ? entry.value().items() : List.of(entry.value());
        for (Value each : all) {
            Integer number = each.asInteger();
            if (number == null) {
                notNumber(each, path.key(entry.key()));
            } else {
                numbers.add(number);
            }
        }
        return numbers;
    }

    /** A vote, which Zuul's int() also takes out of a text. */
    @CheckForNull
    static Integer vote(Value value) {
        if (value.is(Value.Kind.STR)) {
            try {
                return Integer.valueOf(value.text().strip());
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return value.asInteger();
    }

    private void notNumber(Value value, Path path) {
        problems.error(value, "expected int for dictionary value", path, "found " + value.described());
    }

    @CheckForNull
    private Long seconds(At at, String key) {
        String text = text(at.value, key);
        if (text == null) {
            return null;
        }
        try {
            return ApprovalRule.seconds(text);
        } catch (IllegalArgumentException e) {
            problems.error(place(at.value, key), Path.shortened(e.getMessage()), at.path.key(key));
            return null;
        }
    }
}
