package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.ParameterFunction;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import java.util.HashMap;
import java.util.Map;

/** What the url patterns of Zuul 2.5.2 may name: change, pipeline, job and build, with the attributes that layouts use. */
final class ReportFields {
    private static final String PARAMETER = "build.parameters[";

    private final Pipeline pipeline;
    private final Item item;
    private final ItemBuild build;
    private final Job job;

    ReportFields(Pipeline pipeline, Item item, ItemBuild build, Job job) {
        this.pipeline = pipeline;
        this.item = item;
        this.build = build;
        this.job = job;
    }

    /** Null when there is no such field, or it has no value. */
    @CheckForNull
    String value(String field) {
        Change change = item.change();
        BuildRecord record = build.record();
        return switch (field) {
            case "change" -> "<Change " + change.id() + ">";
            case "change.number" -> change.isRef() ? null : Integer.toString(change.number());
            case "change.patchset" -> change.isRef() ? null : Integer.toString(change.patchset());
            case "change.project", "change.project.name" -> change.project();
            case "change.branch" -> change.isRef() ? null : change.branch();
            case "change.refspec" -> change.isRef() ? null : change.ref();
            case "change.url" -> change.url();
            case "change.ref" -> change.isRef() ? change.ref() : null;
            case "change.newrev" -> change.isRef() ? change.revision() : null;
            case "change.oldrev" -> change.oldRevision();
            case "pipeline.name", "pipeline" -> pipeline.name();
            case "job.name", "job" -> job.name();
            case "build.uuid" -> build.uuid();
            case "build.number" -> record == null ? null : Integer.toString(record.number());
            case "build.url" -> record == null ? null : record.url();
            case "build.result" -> String.valueOf(build.result());
            case "build.node_name" -> record == null ? null : record.node();
            default -> parameter(field);
        };
    }

    /** Zuul's fake builds (SKIPPED and the like) have no parameters. */
    @CheckForNull
    private String parameter(String field) {
        String uuid = build.uuid();
        if (!field.startsWith(PARAMETER) || !field.endsWith("]") || uuid == null) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>(GateEnvironment.zuul(item, job, uuid, ""));
        ParameterFunction function = job.parameterFunction();
        if (function != null) {
            function.apply(job.name(), parameters);
        }
        String name = field.substring(PARAMETER.length(), field.length() - 1);
        return name.equals("ZUUL_URL") ? null : parameters.get(name);
    }
}
