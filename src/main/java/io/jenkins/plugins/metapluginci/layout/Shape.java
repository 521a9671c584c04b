package io.jenkins.plugins.metapluginci.layout;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a piece of the layout must look like, said as Zuul's validator said it (voluptuous 0.10 with the schema of
 * layoutvalidator.py), but with every mismatch reported rather than the first.
 */
interface Shape {
    /**
     * Reports each mismatch.
     *
     * @param inMapping whether the value stands directly behind a key, which Zuul's messages mention
     */
    void check(Value value, Path path, boolean inMapping, Problems problems);

    /** A text. */
    static Shape str() {
        return kind("expected str", Value.Kind.STR);
    }

    /** A truth value. */
    static Shape bool() {
        return kind("expected bool", Value.Kind.BOOL);
    }

    /** A whole number. */
    static Shape integer() {
        return atLeast(Integer.MIN_VALUE);
    }

    /** A whole number. */
    static Shape atLeast(int min) {
        return (value, path, inMapping, problems) -> {
            Integer number = value.asInteger();
            if (number == null) {
                mismatch("expected int", value, path, inMapping, problems);
            } else if (number < min) {
                problems.error(value, "value must be at least " + min + suffix(inMapping), path);
            }
        };
    }

    /** A text that is one of these. */
    static Shape oneOf(String... words) {
        return (value, path, inMapping, problems) -> {
            if (!value.is(Value.Kind.STR) || !List.of(words).contains(value.text())) {
                problems.error(
                        value,
                        "not a valid value" + suffix(inMapping),
                        path,
                        "found " + value.described() + ", expected " + String.join(", ", words));
            }
        };
    }

    /** A list whose items are of a shape. */
    static Shape listOf(Shape item) {
        return (value, path, inMapping, problems) -> {
            if (!value.is(Value.Kind.LIST)) {
                mismatch("expected a list", value, path, inMapping, problems);
            }
            for (int i = 0; i < value.items().size(); i++) {
                item.check(value.items().get(i), path.item(i), false, problems);
            }
        };
    }

    /** One, or a list of them. */
    static Shape listOrOne(Shape item) {
        Shape list = listOf(item);
        return (value, path, inMapping, problems) ->
                (value.is(Value.Kind.LIST) ? list : item).check(value, path, inMapping, problems);
    }

    /** A mapping of known keys. */
    static Mapping mapping() {
        return new Mapping(new LinkedHashMap<>(), Set.of(), false);
    }

    /**
     * A mapping of known keys. Immutable.
     *
     * @param keys and the shapes of their values
     * @param required those that must be there
     * @param open whether other keys may be there too, with anything behind them
     */
    record Mapping(Map<String, Shape> keys, Set<String> required, boolean open) implements Shape {
        public Mapping {
            keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
            required = Collections.unmodifiableSet(new LinkedHashSet<>(required));
        }

        Mapping optional(String key, Shape shape) {
            Map<String, Shape> more = new LinkedHashMap<>(keys);
            more.put(key, shape);
            return new Mapping(more, required, open);
        }

        Mapping required(String key, Shape shape) {
            Set<String> more = new LinkedHashSet<>(required);
            more.add(key);
            return new Mapping(optional(key, shape).keys, more, open);
        }

        Mapping withOthers() {
            return new Mapping(keys, required, true);
        }

        @Override
        public void check(Value value, Path path, boolean inMapping, Problems problems) {
            if (!value.is(Value.Kind.MAP)) {
                mismatch("expected a dictionary", value, path, inMapping, problems);
                return;
            }
            for (Value.Entry entry : value.entries()) {
                Shape shape =
                        entry.key().is(Value.Kind.STR) ? keys.get(entry.key().text()) : null;
                if (shape != null) {
                    shape.check(entry.value(), path.key(entry.key()), true, problems);
                } else if (!open) {
                    extra(value, entry.key(), path, problems);
                }
            }
            for (String key : required) {
                if (value.get(key) == null) {
                    problems.error(value, "required key not provided", path.key(key));
                }
            }
        }

        private void extra(Value mapping, Value key, Path path, Problems problems) {
            String message = "extra keys not allowed";
            // What is there already was not meant.
            String meant = !key.is(Value.Kind.STR) || problems.full()
                    ? null
                    : Nearest.to(
                            key.text(),
                            keys.keySet().stream()
                                    .filter(known -> mapping.get(known) == null)
                                    .toList());
            if (meant == null) {
                problems.error(key, message, path.key(key));
            } else {
                problems.error(key, message, path.key(key), "did you mean '" + Path.shortened(meant) + "'?");
            }
        }
    }

    private static Shape kind(String message, Value.Kind kind) {
        return (value, path, inMapping, problems) -> {
            if (!value.is(kind)) {
                mismatch(message, value, path, inMapping, problems);
            }
        };
    }

    private static String suffix(boolean inMapping) {
        return inMapping ? " for dictionary value" : "";
    }

    private static void mismatch(String message, Value value, Path path, boolean inMapping, Problems problems) {
        String hint = "found " + value.described();
        if (message.equals("expected str") && value.wouldBeTextInQuotes()) {
            hint += ": put it in quotes";
        }
        problems.error(value, message + suffix(inMapping), path, hint);
    }
}
