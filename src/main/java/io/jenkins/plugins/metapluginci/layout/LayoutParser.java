package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads layout.yaml with the meaning it had for Zuul 2.5.2 (_parseConfig, scheduler.py), and says everything that is wrong with
 * it at once, in Zuul's words, with line and column. What is not for a third-party CI is off, with a warning.
 */
public final class LayoutParser {
    /** The only include that is known: its functions are {@link ParameterFunction}s. */
    private static final String KNOWN_INCLUDE = "openstack_functions.py";

    /** Keys of a project or template that are no pipelines, whatever the pipelines are called. */
    private static final Set<String> RESERVED = Set.of("name", "merge-mode", "template");

    private final Problems problems = new Problems();
    private final Reading reading;

    private LayoutParser(ParseOptions options) {
        reading = new Reading(problems, options);
    }

    /**
     * Reads a layout.
     *
     * @param yaml of any size and content: what is beyond bounds is an error, too
     */
    public static LayoutResult parse(String yaml, ParseOptions options) {
        LayoutParser parser = new LayoutParser(options);
        Value root = YamlReader.read(yaml, parser.problems);
        if (root == null || !root.is(Value.Kind.MAP)) {
            return parser.malformed(root);
        }
        LayoutShape.of(parser.pipelineNames(root), options).check(root, Path.ROOT, false, parser.problems);
        return parser.problems.full() ? parser.refused() : parser.result(root);
    }

    private LayoutResult malformed(@CheckForNull Value root) {
        if (root != null || problems.errors().isEmpty()) {
            problems.error(
                    root == null ? Value.NOTHING : root,
                    "Malformed layout configuration: top-level type should be a dictionary");
        }
        return refused();
    }

    private LayoutResult refused() {
        return new LayoutResult(null, Set.of(), problems.errors(), problems.warnings());
    }

    private Set<String> pipelineNames(Value root) {
        Set<String> names = new LinkedHashSet<>();
        for (Reading.At each : Reading.listOf(root, Path.ROOT, "pipelines")) {
            String name = Reading.text(each.value(), "name");
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }

    private LayoutResult result(Value root) {
        for (String section : List.of("pipelines", "jobs", "projects", "project-templates")) {
            checkDuplicateNames(root, section);
        }
        includes(root);
        List<Pipeline> pipelines = pipelines(root);
        JobBook book = new JobBook(reading);
        for (Reading.At each : Reading.listOf(root, Path.ROOT, "jobs")) {
            book.read(each.value(), each.path());
        }
        Templates templates = new Templates(reading);
        for (Reading.At each : Reading.listOf(root, Path.ROOT, "project-templates")) {
            templates.read(each.value(), each.path());
        }
        Map<String, ProjectConfig> projects = projects(root, pipelines, book, templates);
        book.warnOfFunctions();
        List<Problem> errors = problems.errors();
        List<Problem> warnings = problems.warnings();
        return errors.isEmpty()
                ? new LayoutResult(new Layout(pipelines, projects, warnings), book.names(), errors, warnings)
                : refused();
    }

    private void checkDuplicateNames(Value root, String section) {
        Set<String> names = new HashSet<>();
        for (Reading.At each : Reading.listOf(root, Path.ROOT, section)) {
            String name = Reading.text(each.value(), "name");
            if (name != null && !names.add(name)) {
                problems.error(
                        Reading.place(each.value(), "name"), "Duplicate name: " + Path.shortened(name), each.path());
            }
        }
    }

    private void includes(Value root) {
        for (Reading.At each : Reading.listOf(root, Path.ROOT, "includes")) {
            String file = Reading.text(each.value(), "python-file");
            if (file != null && !file.substring(file.lastIndexOf('/') + 1).equals(KNOWN_INCLUDE)) {
                problems.warning(
                        Reading.place(each.value(), "python-file"),
                        "The include '" + Path.shortened(file)
                                + "' is off: Python is not run here. The functions that are known are set_log_url,"
                                + " single_use_node and reusable_node.");
            }
        }
    }

    private List<Pipeline> pipelines(Value root) {
        PipelineReader reader = new PipelineReader(reading);
        List<Pipeline> pipelines = new ArrayList<>();
        for (Reading.At each : Reading.listOf(root, Path.ROOT, "pipelines")) {
            Pipeline pipeline = reader.read(each.value(), each.path());
            if (pipeline != null) {
                pipelines.add(pipeline);
            }
        }
        return pipelines;
    }

    private Map<String, ProjectConfig> projects(
            Value root, List<Pipeline> pipelines, JobBook book, Templates templates) {
        JobTrees trees = new JobTrees(reading, book);
        Set<String> all = pipelineNames(root);
        Set<String> on = new HashSet<>();
        pipelines.forEach(each -> on.add(each.name()));
        Map<String, ProjectConfig> projects = new LinkedHashMap<>();
        for (Reading.At each : Reading.listOf(root, Path.ROOT, "projects")) {
            List<Value> sections = new ArrayList<>(templates.called(each.value(), each.path()));
            sections.add(each.value());
            Map<String, List<JobNode>> jobs = new LinkedHashMap<>();
            listsByPipeline(sections, all).forEach((pipeline, lists) -> {
                // What is off is read too: its jobs are defined, though not run.
                List<JobNode> roots = trees.read(lists);
                if (on.contains(pipeline)) {
                    jobs.put(pipeline, roots);
                }
            });
            String name = Reading.text(each.value(), "name");
            if (name != null) {
                projects.put(name, new ProjectConfig(name, mergeMode(each.value()), jobs));
            }
        }
        return projects;
    }

    /** What a project and the templates it calls list for each pipeline. */
    private static Map<String, List<Value>> listsByPipeline(List<Value> sections, Set<String> pipelines) {
        Map<String, List<Value>> lists = new LinkedHashMap<>();
        for (Value section : sections) {
            for (Value.Entry entry : section.entries()) {
                String key = entry.key().text();
                if (!RESERVED.contains(key) && pipelines.contains(key)) {
                    lists.computeIfAbsent(key, name -> new ArrayList<>()).add(entry.value());
                }
            }
        }
        return lists;
    }

    private static MergeMode mergeMode(Value project) {
        return switch (Reading.text(project, "merge-mode", "merge-resolve")) {
            case "merge" -> MergeMode.MERGE;
            case "cherry-pick" -> MergeMode.CHERRY_PICK;
            default -> MergeMode.MERGE_RESOLVE;
        };
    }
}
