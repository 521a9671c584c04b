package io.jenkins.plugins.metapluginci.node;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every kind of event, found by walking the sealed interface, and samples of each with every value that matters. */
final class NodeEvents {
    static final BuildRef BUILD = new BuildRef("gate", 7, "aa");
    static final BuildRef OTHER = new BuildRef("gate", 8, "bb");
    static final long NOW = 5_000;
    static final String OLD = "old-boot";

    private NodeEvents() {}

    static List<Class<?>> kinds() {
        List<Class<?>> kinds = new ArrayList<>();
        collect(NodeEvent.class, kinds);
        return kinds;
    }

    private static void collect(Class<?> type, List<Class<?>> into) {
        if (type.isRecord()) {
            into.add(type);
        } else {
            for (Class<?> kind : type.getPermittedSubclasses()) {
                collect(kind, into);
            }
        }
    }

    static List<NodeEvent> samples() {
        List<NodeEvent> samples = new ArrayList<>();
        for (Class<?> kind : kinds()) {
            RecordComponent[] parts = kind.getRecordComponents();
            Class<?>[] types =
                    Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
            List<Object[]> rows = List.<Object[]>of(new Object[parts.length]);
            for (int i = 0; i < parts.length; i++) {
                rows = crossed(rows, i, values(kind, parts[i], types[i]));
            }
            for (Object[] row : rows) {
                samples.add(make(kind, types, row));
            }
        }
        return samples;
    }

    private static List<Object[]> crossed(List<Object[]> rows, int at, List<Object> values) {
        List<Object[]> all = new ArrayList<>();
        for (Object[] row : rows) {
            for (Object value : values) {
                Object[] next = row.clone();
                next[at] = value;
                all.add(next);
            }
        }
        return all;
    }

    private static NodeEvent make(Class<?> kind, Class<?>[] types, Object[] values) {
        try {
            Constructor<?> constructor = kind.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (NodeEvent) constructor.newInstance(values);
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new AssertionError(kind + " cannot be made", e);
        }
    }

    private static List<Object> values(Class<?> kind, RecordComponent part, Class<?> type) {
        if (type == BuildRef.class) {
            return List.of(BUILD, OTHER);
        }
        if (type == boolean.class) {
            return List.of(true, false);
        }
        if (type == long.class) {
            return List.of(NOW - 1, NOW + 1_000);
        }
        if (type == List.class) {
            return List.of(List.of(), List.of("plain #1"));
        }
        if (type != String.class) {
            throw new AssertionError("no samples for " + kind + " " + part);
        }
        return switch (part.getName()) {
            case "node" -> List.of("n");
            case "by" -> List.of("kim");
            case "bootId" -> kind == NodeEvent.Started.class ? orNull(OLD, "new-boot") : List.of(OLD, "new-boot");
            case "why", "what" -> List.of("text");
            case "command", "failure", "lost", "problem", "unclean" -> orNull("text");
            default -> throw new AssertionError("no samples for " + kind + " " + part);
        };
    }

    private static List<Object> orNull(Object... values) {
        List<Object> all = new ArrayList<>(List.of(values));
        all.add(null);
        return all;
    }
}
