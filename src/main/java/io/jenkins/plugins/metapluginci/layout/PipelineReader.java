package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.List;

/** Makes a pipeline of its section. */
final class PipelineReader {
    /** The turns of an item that may be reported. */
    static final List<String> ACTIONS = List.of("start", "success", "failure", "merge-failure", "disabled");

    private static final List<String> WINDOW = List.of(
            "window",
            "window-floor",
            "window-increase-type",
            "window-increase-factor",
            "window-decrease-type",
            "window-decrease-factor");

    private final Reading reading;
    private final ReporterReader reporters;

    PipelineReader(Reading reading) {
        this.reading = reading;
        reporters = new ReporterReader(reading);
    }

    /** Null when the pipeline is off, or has no name. */
    @CheckForNull
    Pipeline read(Value section, Path path) {
        String name = Reading.text(section, "name");
        boolean dependent = "DependentPipelineManager".equals(Reading.text(section, "manager"));
        Pipeline pipeline = pipeline(name == null ? "" : name, section, path, dependent);
        if (dependent && name != null) {
            reading.problems()
                    .warning(
                            Reading.place(section, "manager"),
                            "The pipeline '" + Path.shortened(name)
                                    + "' is off, and what projects run in it: dependent pipelines are for gating, which"
                                    + " merges changes; a third-party CI reports on them.");
        }
        return dependent || name == null ? null : pipeline;
    }

    private Pipeline pipeline(String name, Value section, Path path, boolean dependent) {
        if (!dependent) {
            warnOfWindow(section);
        }
        Value require = section.get("require");
        Value reject = section.get("reject");
        Path rejectPath = path.key("reject");
        return new Pipeline(
                name,
                Reading.text(section, "description"),
                source(section, path),
                triggers(section, path, dependent),
                require == null ? null : requirement(require, path.key("require")),
                reject == null ? null : Requirement.rejecting(reading.rules(reject, rejectPath, "approval")),
                Reading.text(section, "success-message", Pipeline.SUCCESS_MESSAGE),
                Reading.text(section, "failure-message", Pipeline.FAILURE_MESSAGE),
                Reading.text(section, "merge-failure-message", Pipeline.MERGE_FAILURE_MESSAGE),
                Reading.text(section, "footer-message", ""),
                reporters.read(section, path, dependent),
                Reading.number(section, "disable-after-consecutive-failures", 0),
                Reading.bool(section, "dequeue-on-new-patchset", true),
                Reading.bool(section, "ignore-dependencies", false),
                precedence(section));
    }

    private void warnOfWindow(Value section) {
        for (String key : WINDOW) {
            Value.Entry entry = section.entry(key);
            if (entry != null) {
                reading.problems()
                        .warning(entry.key(), "'" + key + "' has no effect: only dependent pipelines have a window.");
            }
        }
    }

    private String source(Value section, Path path) {
        String source = Reading.text(section, "source", "gerrit");
        if (!"gerrit".equals(reading.options().connections().get(source))) {

            reading.problems()
                    .error(
                            Reading.place(section, "source"),
                            "not a valid value for dictionary value",
                            path.key("source"),
                            "there is no Gerrit connection '" + Path.shortened(source) + "'");
        }
        return source;
    }

    private Requirement requirement(Value require, Path path) {
        return new Requirement(
                Reading.bool(require, "open"),
                Reading.bool(require, "current-patchset"),
                Reading.texts(require, "status"),
                reading.rules(require, path, "approval"),
                List.of());
    }

    private static Precedence precedence(Value section) {
        return switch (Reading.text(section, "precedence", "normal")) {
            case "high" -> Precedence.HIGH;
            case "low" -> Precedence.LOW;
            default -> Precedence.NORMAL;
        };
    }

    private List<EventFilter> triggers(Value section, Path path, boolean off) {
        List<EventFilter> filters = new ArrayList<>();
        Value triggers = section.get("trigger");
        if (triggers == null) {
            return filters;
        }
        for (Value.Entry entry : triggers.entries()) {
            String name = entry.key().text();
            if (name.equals("timer") || name.equals("zuul")) {
                if (!off) {
                    reading.problems()
                            .warning(
                                    entry.key(),
                                    "The trigger '" + name + "' is off: only events of Gerrit enqueue changes here.");
                }
            } else if ("gerrit".equals(reading.options().connections().get(name))) {
                for (Reading.At each : Reading.listOf(triggers, path.key("trigger"), name)) {
                    filters.add(filter(each.value(), each.path()));
                }
            }
        }
        return filters;
    }

    private EventFilter filter(Value trigger, Path path) {
        List<PythonPattern> refs = reading.patterns(trigger, path, "ref");
        checkRef(trigger, path);
        return new EventFilter(
                reading.patterns(trigger, path, "event"),
                reading.patterns(trigger, path, "branch"),
                refs,
                Reading.bool(trigger, "ignore-deletes", true),
                either(trigger, path, "comment", "comment_filter"),
                either(trigger, path, "email", "email_filter"),
                either(trigger, path, "username", "username_filter"),
                reading.votes(trigger, path, "approval"),
                reading.rules(trigger, path, "require-approval"),
                reading.rules(trigger, path, "reject-approval"));
    }

    /** The old spelling counts only where the new one says nothing (trigger/gerrit.py). */
    private List<PythonPattern> either(Value trigger, Path path, String key, String oldKey) {
        List<PythonPattern> old = reading.patterns(trigger, path, oldKey);
        return Reading.listOf(trigger, path, key).isEmpty() ? old : reading.patterns(trigger, path, key);
    }

    /** Zuul's validate_conf, which also refused a list of events with ref-updated among them. */
    private void checkRef(Value trigger, Path path) {
        List<String> events = Reading.texts(trigger, "event");
        List<String> refs = Reading.texts(trigger, "ref");
        if (!refs.isEmpty() && !events.isEmpty() && !events.contains("ref-updated")) {
            reading.problems()
                    .error(
                            Reading.place(trigger, "ref"),
                            "The event " + events.get(0)
                                    + " does not include ref information, Zuul cannot use ref filter" + " 'ref: "
                                    + Path.shortened(refs.get(0)) + "'",
                            path.key("ref"));
        }
    }
}
