package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML 1.1 as PyYAML's loader did, merge keys included, into {@link Value}s with their places. Builds them from SnakeYAML's
 * events, not its nodes, because a text that is too deep or has too many aliases is then refused at the line where it
 * gets so, nothing is ever constructed for a tag, and an alias shares its value (so a "billion laughs" is just a number).
 */
final class YamlReader {
    /** In characters; OpenStack's own layout, the largest known, had under a third of that. */
    static final int MAX_LENGTH = 2 * 1024 * 1024;

    static final int MAX_DEPTH = 100;

    /** Pieces when each alias is written out. */
    static final long MAX_WEIGHT = 500_000;

    private static final Map<String, Value.Kind> KINDS = Map.of(
            Tag.STR.getValue(), Value.Kind.STR,
            Tag.INT.getValue(), Value.Kind.INT,
            Tag.FLOAT.getValue(), Value.Kind.FLOAT,
            Tag.BOOL.getValue(), Value.Kind.BOOL,
            Tag.NULL.getValue(), Value.Kind.NULL,
            Tag.TIMESTAMP.getValue(), Value.Kind.DATE);

    private final Problems problems;
    private final Resolver resolver = new Resolver();
    private final Map<String, Value> anchors = new HashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();

    @CheckForNull
    private Value root;

    /** A collection whose end has not come yet. */
    private static final class Open {
        final boolean map;
        final CollectionStartEvent start;
        final List<Value> values = new ArrayList<>();

        Open(boolean map, CollectionStartEvent start) {
            this.map = map;
            this.start = start;
        }
    }

    private YamlReader(Problems problems) {
        this.problems = problems;
    }

    /** The text's one document; null when it has none or is refused, which the problems then say. */
    @CheckForNull
    static Value read(String yaml, Problems problems) {
        if (yaml.length() > MAX_LENGTH) {
            problems.error(place(1, 1), "The layout is longer than " + MAX_LENGTH + " characters.");
            return null;
        }
        try {
            return new YamlReader(problems).document(yaml);
        } catch (Refused e) {
            problems.error(e.place, e.getMessage());
        } catch (MarkedYAMLException e) {
            problems.error(place(e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark()), words(e));
        } catch (ReaderException e) {
            String before = yaml.substring(0, Math.min(yaml.length(), Math.max(0, e.getPosition())));
            int line = 1 + (int) before.chars().filter(each -> each == '\n').count();
            problems.error(
                    place(line, before.length() - before.lastIndexOf('\n')),
                    String.format(
                            "unacceptable character #x%04x: special characters are not allowed", e.getCodePoint()));
        } catch (YAMLException e) {
            problems.error(place(1, 1), Path.shortened(String.valueOf(e.getMessage())));
        }
        return null;
    }

    /** Something that the events show to be out of bounds. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Value place;

        Refused(Event at, String message) {
            super(message);
            place = place(at.getStartMark());
        }
    }

    @CheckForNull
    private Value document(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_LENGTH);
        Parser parser = new ParserImpl(new StreamReader(yaml), options);
        int documents = 0;
        for (Event event = parser.getEvent(); !event.is(Event.ID.StreamEnd); event = parser.getEvent()) {
            if (event.is(Event.ID.DocumentStart) && ++documents > 1) {
                throw new Refused(event, "expected a single document in the stream, but found another document");
            }
            take(event);
        }
        if (root != null && root.weight() > MAX_WEIGHT) {
            problems.error(root, "The layout has more than " + MAX_WEIGHT + " pieces, aliases written out.");
            return null;
        }
        return root;
    }

    private void take(Event event) {
        if (event instanceof CollectionStartEvent start) {
            if (open.size() >= MAX_DEPTH) {
                throw new Refused(event, "nested deeper than " + MAX_DEPTH + " levels");
            }
            boolean map = event.is(Event.ID.MappingStart);
            String wanted = (map ? Tag.MAP : Tag.SEQ).getValue();
            if (start.getTag() != null
                    && !start.getTag().equals("!")
                    && !start.getTag().equals(wanted)) {
                throw unknownTag(event, start.getTag());
            }
            if (start.getAnchor() != null) {
                anchors.remove(start.getAnchor());
            }
            open.push(new Open(map, start));
        } else if (event.is(Event.ID.MappingEnd) || event.is(Event.ID.SequenceEnd)) {
            Open done = open.pop();
            put(done.map ? mapping(done) : list(done), done.start);
        } else if (event instanceof ScalarEvent scalar) {
            put(scalar(scalar), scalar);
        } else if (event instanceof AliasEvent alias) {
            Value value = anchors.get(alias.getAnchor());
            if (value == null) {
                throw new Refused(event, "found undefined alias " + Path.shortened(alias.getAnchor()));
            }
            put(value, null);
        }
    }

    private void put(Value value, @CheckForNull NodeEvent event) {
        if (event != null && event.getAnchor() != null) {
            anchors.put(event.getAnchor(), value);
        }
        Open in = open.peek();
        if (in == null) {
            root = value;
        } else {
            in.values.add(value);
        }
    }

    private Value scalar(ScalarEvent event) {
        String tag = event.getTag();
        if (tag == null || tag.equals("!")) {
            tag = resolver.resolve(
                            NodeId.scalar, event.getValue(), event.getImplicit().canOmitTagInPlainScalar())
                    .getValue();
        }
        Mark mark = event.getStartMark();
        Value.Kind kind = KINDS.get(tag);
        if (kind == null) {
            // A plain "<<" means something as a key only; "=" means nothing at all.
            if (!tag.equals(Tag.MERGE.getValue()) && !tag.equals("tag:yaml.org,2002:value")) {
                throw unknownTag(event, tag);
            }
            kind = Value.Kind.STR;
        }
        return new Value(kind, event.getValue(), List.of(), List.of(), mark.getLine() + 1, mark.getColumn() + 1, 1);
    }

    private static Refused unknownTag(Event event, String tag) {
        return new Refused(event, "could not determine a constructor for the tag '" + Path.shortened(tag) + "'");
    }

    private static Value list(Open done) {
        long weight = 1;
        for (Value each : done.values) {
            weight = plus(weight, each.weight());
        }
        Mark mark = done.start.getStartMark();
        return new Value(
                Value.Kind.LIST,
                "",
                List.copyOf(done.values),
                List.of(),
                mark.getLine() + 1,
                mark.getColumn() + 1,
                weight);
    }

    /** Merged keys first, each overridden by what the mapping itself says; a key that comes twice counts the last time. */
    private Value mapping(Open done) {
        Mark mark = done.start.getStartMark();
        Value place = place(mark);
        Map<String, Value.Entry> own = new LinkedHashMap<>();
        Map<String, Value.Entry> all = new LinkedHashMap<>();
        for (int i = 0; i + 1 < done.values.size(); i += 2) {
            Value key = done.values.get(i);
            Value value = done.values.get(i + 1);
            if (key.is(Value.Kind.MAP) || key.is(Value.Kind.LIST)) {
                problems.error(key, "found unhashable key");
            } else if (key.is(Value.Kind.STR) && key.text().equals("<<")) {
                merge(value, all);
            } else {
                Value.Entry before = own.put(key.kind() + key.text(), new Value.Entry(key, value));
                if (before != null) {
                    problems.warning(
                            before.key(),
                            "Duplicate key '" + Path.shortened(key.text()) + "': the one in line " + key.line()
                                    + " counts, as it did for Zuul.");
                }
            }
        }
        own.keySet().forEach(all::remove);
        all.putAll(own);
        long weight = 1;
        for (Value.Entry each : all.values()) {
            weight = plus(weight, plus(1, each.value().weight()));
        }
        return new Value(
                Value.Kind.MAP, "", List.of(), List.copyOf(all.values()), place.line(), place.column(), weight);
    }

    private void merge(Value value, Map<String, Value.Entry> into) {
        for (Value each : value.asList()) {
            if (!each.is(Value.Kind.MAP)) {
                problems.error(each, "expected a mapping for merging, but found " + each.described());
            }
            // The first of several wins.
            each.entries()
                    .forEach(entry ->
                            into.putIfAbsent(entry.key().kind() + entry.key().text(), entry));
        }
    }

    private static long plus(long a, long b) {
        // Far above the bound already, and far from overflow.
        return Math.min(a + b, Long.MAX_VALUE / 4);
    }

    private static String words(MarkedYAMLException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        return Path.shortened(context + e.getProblem());
    }

    private static Value place(@CheckForNull Mark mark) {
        return mark == null ? place(1, 1) : place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static Value place(int line, int column) {
        return new Value(Value.Kind.NULL, "", List.of(), List.of(), line, column, 1);
    }
}
