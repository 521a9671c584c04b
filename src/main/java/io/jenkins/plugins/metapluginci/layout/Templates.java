package io.jenkins.plugins.metapluginci.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The project templates, filled in for each project that calls one (deep_format, scheduler.py). */
final class Templates {
    /** Pieces that all calls together make, and characters in them. */
    static final long MAX_PIECES = 300_000;

    private static final long MAX_CHARACTERS = 20_000_000;

    /** What Zuul itself passes: the project's name after the last slash. */
    private static final String NAME = "name";

    private final Reading reading;
    private final Map<String, Template> templates = new HashMap<>();
    private long pieces;
    private long characters;

    Templates(Reading reading) {
        this.reading = reading;
    }

    /** @param parameters that a call has to pass */
    private record Template(Value section, Set<String> parameters) {}

    /** Reads an entry of project-templates. */
    void read(Value section, Path path) {
        String name = Reading.text(section, NAME);
        if (name == null) {
            return;
        }
        Set<String> parameters = new LinkedHashSet<>();
        for (Value.Entry entry : section.entries()) {
            if (!entry.key().text().equals(NAME)) {
                collect(entry.value(), path.key(entry.key()), parameters);
            }
        }
        parameters.remove(NAME);
        templates.put(name, new Template(section, parameters));
    }

    private void collect(Value value, Path path, Set<String> into) {
        if (value.is(Value.Kind.STR)) {
            try {
                PythonFormat.format(value.text(), field -> {
                    into.add(field);
                    return "";
                });
            } catch (FormatProblem e) {
                reading.problems().error(value, e.getMessage(), path);
            }
        }
        for (int i = 0; i < value.items().size(); i++) {
            collect(value.items().get(i), path.item(i), into);
        }
        for (Value.Entry entry : value.entries()) {
            collect(entry.key(), path, into);
            collect(entry.value(), path.key(entry.key()), into);
        }
    }

    /**
     * Fills in the templates that a project calls, in the order of its calls.
     *
     * @return for each call the template's section
     */
    List<Value> called(Value project, Path path) {
        String full = Reading.text(project, NAME, "");
        String shortName = full.substring(full.lastIndexOf('/') + 1);
        List<Value> sections = new ArrayList<>();
        for (Reading.At call : Reading.listOf(project, path, "template")) {
            String name = Reading.text(call.value(), NAME);
            Template template = name == null ? null : templates.get(name);
            if (template != null) {
                checkParameters(template, call);
                sections.add(filled(template, new Call(call, shortName)));
            } else if (name != null) {
                reading.problems()
                        .error(
                                Reading.place(call.value(), NAME),
                                "not a valid value for dictionary value",
                                call.path().key(NAME),
                                "there is no project-template '" + Path.shortened(name) + "'");
            }
        }
        return sections;
    }

    private void checkParameters(Template template, Reading.At call) {
        Shape.Mapping shape = Shape.mapping().required(NAME, Shape.str());
        for (String parameter : template.parameters) {
            shape = shape.required(parameter, Shape.str());
        }
        shape.check(call.value(), call.path(), false, reading.problems());
    }

    /** A call under way: what it passes, where it stands, and what Zuul adds. */
    private record Call(Reading.At at, String shortName) {}

    private Value filled(Template template, Call call) {
        pieces += template.section.weight();
        if (pieces > MAX_PIECES || characters > MAX_CHARACTERS) {
            reading.problems()
                    .error(
                            call.at.value(),
                            "The calls of project templates make more than " + MAX_PIECES
                                    + " pieces, or are too long.");
            return Value.NOTHING;
        }
        return filled(template.section, call);
    }

    private Value filled(Value value, Call call) {
        return switch (value.kind()) {
            case STR -> {
                Value text = text(value, call);
                if (text != value) {
                    JobTrees.SHAPE.check(text, call.at.path(), false, reading.problems());
                }
                yield text;
            }
            case LIST ->
                new Value(
                        Value.Kind.LIST,
                        "",
                        value.items().stream().map(each -> filled(each, call)).toList(),
                        List.of(),
                        value.line(),
                        value.column(),
                        value.weight());
            case MAP ->
                new Value(
                        Value.Kind.MAP,
                        "",
                        List.of(),
                        value.entries().stream()
                                .map(each -> new Value.Entry(text(each.key(), call), filled(each.value(), call)))
                                .toList(),
                        value.line(),
                        value.column(),
                        value.weight());
            default -> value;
        };
    }

    /** The same value when there was nothing to fill in. */
    private Value text(Value value, Call call) {
        if (!value.is(Value.Kind.STR)
                || value.text().indexOf('{') < 0 && value.text().indexOf('}') < 0
                || characters > MAX_CHARACTERS) {
            return value;
        }
        try {
            Value text = Value.text(
                    PythonFormat.format(
                            value.text(),
                            field -> field.equals(NAME) ? call.shortName : Reading.text(call.at.value(), field)),
                    value);
            characters += text.text().length();
            return text;
        } catch (FormatProblem e) {
            // The template or the call is at fault, and was told so.
            return value;
        }
    }
}
