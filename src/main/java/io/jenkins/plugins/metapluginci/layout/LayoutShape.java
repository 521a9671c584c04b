package io.jenkins.plugins.metapluginci.layout;

import java.util.Set;

/**
 * The schema of layout.yaml: layoutvalidator.py and the getSchema of each trigger and reporter of Zuul 2.5.2. It differs where
 * Zuul took what it then could not run (a pipeline without trigger, a project without name, a list or a text as a
 * reporter's settings) or refused what it documents (merge-mode: merge-resolve).
 */
final class LayoutShape {
    private static final Shape STRINGS = Shape.listOrOne(Shape.str());

    private static final Shape APPROVALS = Shape.listOrOne(Shape.mapping()
            .optional("username", Shape.str())
            .optional("email-filter", Shape.str())
            .optional("email", Shape.str())
            .optional("older-than", Shape.str())
            .optional("newer-than", Shape.str())
            .withOthers());

    private static final Shape GERRIT_TRIGGER = Shape.listOrOne(Shape.mapping()
            .required(
                    "event",
                    Shape.listOrOne(Shape.oneOf(
                            "patchset-created",
                            "draft-published",
                            "change-abandoned",
                            "change-restored",
                            "change-merged",
                            "comment-added",
                            "ref-updated")))
            .optional("comment_filter", STRINGS)
            .optional("comment", STRINGS)
            .optional("email_filter", STRINGS)
            .optional("email", STRINGS)
            .optional("username_filter", STRINGS)
            .optional("username", STRINGS)
            .optional("branch", STRINGS)
            .optional("ref", STRINGS)
            .optional("ignore-deletes", Shape.bool())
            .optional("approval", Shape.listOrOne(Shape.mapping().withOthers()))
            .optional("require-approval", APPROVALS)
            .optional("reject-approval", APPROVALS));

    private static final Shape TIMER_TRIGGER = Shape.listOrOne(Shape.mapping().required("time", Shape.str()));

    private static final Shape ZUUL_TRIGGER = Shape.listOrOne(Shape.mapping()
            .required("event", Shape.listOrOne(Shape.oneOf("parent-change-enqueued", "project-change-merged")))
            .optional("pipeline", STRINGS)
            .optional("require-approval", APPROVALS)
            .optional("reject-approval", APPROVALS));

    private static final Shape SMTP_REPORTER = Shape.mapping()
            .optional("connection", Shape.str())
            .optional("to", Shape.str())
            .optional("from", Shape.str())
            .optional("subject", Shape.str());

    private static final Shape SQL_REPORTER = Shape.mapping().optional("score", Shape.integer());

    private static final Shape SWIFT = Shape.listOrOne(Shape.mapping()
            .required("name", Shape.str())
            .optional("container", Shape.str())
            .optional("expiry", Shape.integer())
            .optional("max_file_size", Shape.integer())
            .optional("max-file-size", Shape.integer())
            .optional("max_file_count", Shape.integer())
            .optional("max-file-count", Shape.integer())
            .optional("logserver_prefix", Shape.str())
            .optional("logserver-prefix", Shape.str()));

    private static final Shape JOB = Shape.mapping()
            .required("name", Shape.str())
            .optional("queue-name", Shape.str())
            .optional("failure-message", Shape.str())
            .optional("success-message", Shape.str())
            .optional("failure-pattern", Shape.str())
            .optional("success-pattern", Shape.str())
            .optional("hold-following-changes", Shape.bool())
            .optional("voting", Shape.bool())
            .optional("attempts", Shape.integer())
            .optional("mutex", Shape.str())
            .optional("tags", STRINGS)
            .optional("parameter-function", Shape.str())
            .optional("branch", STRINGS)
            .optional("files", STRINGS)
            .optional("swift", SWIFT)
            .optional(
                    "skip-if",
                    Shape.listOrOne(Shape.mapping()
                            .optional("project", Shape.str())
                            .optional("branch", Shape.str())
                            .optional("all-files-match-any", STRINGS)));

    private LayoutShape() {}

    /**
     * The schema for a layout.
     *
     * @param pipelines the names that it gives to pipelines: keys of its projects and templates
     */
    static Shape of(Set<String> pipelines, ParseOptions options) {
        Shape.Mapping template = Shape.mapping();
        for (String pipeline : pipelines) {
            template = template.optional(pipeline, JobTrees.SHAPE);
        }
        template = template.required("name", Shape.str());
        Shape.Mapping project = template.optional("merge-mode", Shape.oneOf("merge", "merge-resolve", "cherry-pick"))
                .optional(
                        "template",
                        Shape.listOrOne(
                                Shape.mapping().required("name", Shape.str()).withOthers()));
        return Shape.mapping()
                .optional("includes", Shape.listOf(Shape.mapping().optional("python-file", Shape.str())))
                .required("pipelines", Shape.listOf(pipeline(options)))
                .optional("jobs", Shape.listOf(JOB))
                .optional("project-templates", Shape.listOf(template))
                .required("projects", Shape.listOf(project));
    }

    private static Shape pipeline(ParseOptions options) {
        Shape.Mapping triggers =
                Shape.mapping().optional("timer", TIMER_TRIGGER).optional("zuul", ZUUL_TRIGGER);
        Shape.Mapping reporters = Shape.mapping();
        for (String name : options.connections().keySet()) {
            switch (options.connections().get(name)) {
                case "gerrit" -> {
                    triggers = triggers.optional(name, GERRIT_TRIGGER);
                    reporters = reporters.optional(name, Shape.mapping().withOthers());
                }
                case "smtp" -> reporters = reporters.optional(name, SMTP_REPORTER);
                default -> reporters = reporters.optional(name, SQL_REPORTER);
            }
        }
        Shape.Mapping pipeline = Shape.mapping()
                .required("name", Shape.str())
                .required("manager", Shape.oneOf("IndependentPipelineManager", "DependentPipelineManager"))
                .required("trigger", triggers)
                .optional("source", Shape.str())
                .optional("precedence", Shape.oneOf("normal", "low", "high"))
                .optional("description", Shape.str())
                .optional(
                        "require",
                        Shape.mapping()
                                .optional("approval", APPROVALS)
                                .optional("open", Shape.bool())
                                .optional("current-patchset", Shape.bool())
                                .optional("status", STRINGS))
                .optional("reject", Shape.mapping().optional("approval", APPROVALS))
                .optional("success-message", Shape.str())
                .optional("failure-message", Shape.str())
                .optional("merge-failure-message", Shape.str())
                .optional("footer-message", Shape.str())
                .optional("dequeue-on-new-patchset", Shape.bool())
                .optional("ignore-dependencies", Shape.bool())
                .optional("disable-after-consecutive-failures", Shape.atLeast(1))
                .optional("window", Shape.atLeast(0))
                .optional("window-floor", Shape.atLeast(1))
                .optional("window-increase-type", Shape.oneOf("linear", "exponential"))
                .optional("window-increase-factor", Shape.atLeast(1))
                .optional("window-decrease-type", Shape.oneOf("linear", "exponential"))
                .optional("window-decrease-factor", Shape.atLeast(1));
        for (String action : PipelineReader.ACTIONS) {
            pipeline = pipeline.optional(action, reporters);
        }
        return pipeline;
    }
}
