package io.jenkins.plugins.metapluginci.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads what a pipeline reports at each turn. */
final class ReporterReader {
    /** The one option that is no label. */
    private static final String FORCE = "force-message";

    /** A label's name, which goes into a command to Gerrit. */
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    private final Reading reading;

    ReporterReader(Reading reading) {
        this.reading = reading;
    }

    /** @param off whether the pipeline is off, so that there is nothing to warn of */
    Reporters read(Value section, Path path, boolean off) {
        Map<String, List<Reporter>> byAction = new HashMap<>();
        for (String action : PipelineReader.ACTIONS) {
            byAction.put(action, action(section, path, action, off));
        }
        List<Reporter> failure = byAction.get("failure");
        Value mergeFailure = section.get("merge-failure");
        // One that is off here still takes the place of failure's, as it did for Zuul.
        boolean own = mergeFailure != null && !mergeFailure.entries().isEmpty();
        return new Reporters(
                byAction.get("start"),
                byAction.get("success"),
                failure,
                own ? byAction.get("merge-failure") : failure,
                byAction.get("disabled"));
    }

    private List<Reporter> action(Value section, Path path, String action, boolean off) {
        List<Reporter> reporters = new ArrayList<>();
        Value value = section.get(action);
        if (value == null) {
            return reporters;
        }
        for (Value.Entry entry : value.entries()) {
            String connection = entry.key().text();
            String driver = reading.options().connections().getOrDefault(connection, "");
            if (driver.equals("gerrit")) {
                reporters.add(new Reporter(
                        connection, options(entry.value(), path.key(action).key(connection), off)));
            } else if (!driver.isEmpty() && !off) {
                reading.problems()
                        .warning(
                                entry.key(),
                                "The reporter '" + Path.shortened(connection)
                                        + "' is off: only Gerrit is reported to.");
            }
        }
        return reporters;
    }

    private Map<String, String> options(Value settings, Path path, boolean off) {
        Map<String, String> options = new LinkedHashMap<>();
        for (Value.Entry entry : settings.entries()) {
            String name = entry.key().text();
            Value value = entry.value();
            Path at = path.key(entry.key());
            Integer vote = Reading.vote(value);
            if (!entry.key().is(Value.Kind.STR) || !LABEL.matcher(name).matches()) {
                reading.problems().error(entry.key(), "not a valid value", at, "not the name of a label");
            } else if (name.equals("label") && value.is(Value.Kind.STR)) {
                label(value, at, options);
            } else if (vote != null) {
                options.put(name, vote.toString());
            } else if (value.is(Value.Kind.BOOL)) {
                if (value.asBoolean() && name.equals(FORCE)) {
                    options.put(FORCE, "true");
                } else if (value.asBoolean() && !off) {
                    warnOfOption(entry.key());
                }
            } else if (value.is(Value.Kind.STR)) {
                warnOfOption(entry.key());
            } else {
                reading.problems().error(value, "expected int for dictionary value", at, "found " + value.described());
            }
        }
        return options;
    }

    /** "label: Verified=+1", which Zuul 2.5 passed on to Gerrit's command as it is. */
    private void label(Value value, Path path, Map<String, String> options) {
        String[] parts = value.text().split("=", 2);
        Integer vote = parts.length < 2 ? null : Reading.vote(Value.text(parts[1], value));
        if (vote == null || !LABEL.matcher(parts[0]).matches()) {
            reading.problems().error(value, "not a valid value for dictionary value", path, "expected NAME=VALUE");
        } else {
            options.put(parts[0], vote.toString());
        }
    }

    private void warnOfOption(Value key) {
        reading.problems()
                .warning(
                        key,
                        "The option '" + Path.shortened(key.text())
                                + "' of a report is off: labels with a number and force-message are known here.");
    }
}
