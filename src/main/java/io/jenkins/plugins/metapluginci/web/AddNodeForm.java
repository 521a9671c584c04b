package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Functions;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Failure;
import hudson.model.Hudson;
import hudson.model.Node;
import hudson.slaves.ComputerLauncher;
import hudson.slaves.DumbSlave;
import hudson.slaves.RetentionStrategy;
import hudson.util.FormValidation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import net.sf.json.JSONException;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest;

/**
 * A node that somebody wants to add, as it was typed, or as the specification has it. How it is connected is whatever the
 * installed launchers ask for; none is named here, and each reads its own part of the form, which is json-lib's. Immutable; public for the page's Jelly.
 */
public final class AddNodeForm implements Describable<AddNodeForm> {
    static final String LABELS = "devstack_slave";
    static final String ROOT = "/home/jenkins/workspaces";

    private static final String LAUNCHER = "launcher";
    private static final int MOST_EXECUTORS = 100;

    private final String name;
    private final String labels;
    private final String executors;
    private final String root;
    private final boolean prepare;

    @CheckForNull
    private final ComputerLauncher launcher;

    private final List<String> problems;

    /** As the specification has it. */
    AddNodeForm() {
        name = "";
        labels = LABELS;
        executors = "1";
        root = ROOT;
        prepare = true;
        launcher = null;
        problems = List.of();
    }

    /**
     * Takes what was submitted.
     *
     * @param text the parameter {@code json} that the core's form script makes; null when there was none
     * @return with all that is wrong with it; null when it is no form
     */
    @CheckForNull
    static AddNodeForm of(StaplerRequest request, @CheckForNull String text) {
        try {
            return new AddNodeForm(request, JSONObject.fromObject(text));
        } catch (JSONException e) {
            return null;
        }
    }

    private AddNodeForm(StaplerRequest request, JSONObject json) {
        name = text(json, "name", "");
        labels = text(json, "labels", LABELS);
        executors = text(json, "executors", "1");
        root = text(json, "root", ROOT);
        prepare = json.optBoolean("prepare", false);
        List<String> wrong = new ArrayList<>();
        add(wrong, "name", nameProblem(name));
        add(wrong, "labels", labelsProblem(labels));
        add(wrong, "executors", executorsProblem(executors));
        add(wrong, "root", rootProblem(root));
        launcher = launcher(request, json.optJSONObject(LAUNCHER), wrong);
        problems = List.copyOf(wrong);
    }

    private static String text(JSONObject json, String field, String otherwise) {
        String value = json.optString(field, "").trim();
        return value.isEmpty() ? otherwise : value;
    }

    private static void add(List<String> problems, String field, @CheckForNull String problem) {
        if (problem != null) {
            problems.add(field + ": " + problem);
        }
    }

    /** The launcher as its own form makes it. What that refuses is one of the problems. */
    @CheckForNull
    private static ComputerLauncher launcher(
            StaplerRequest request, @CheckForNull JSONObject json, List<String> wrong) {
        String type = json == null ? "" : json.optString("stapler-class", json.optString("$class", ""));
        for (Descriptor<ComputerLauncher> each : launchers()) {
            if (each.clazz.getName().equals(type)) {
                try {
                    return each.newInstance(request, json);
                } catch (Descriptor.FormException | RuntimeException e) {
                    add(wrong, LAUNCHER, Messages.AddNodeForm_launcher(each.getDisplayName(), reason(e)));
                    return null;
                }
            }
        }
        add(wrong, LAUNCHER, Messages.AddNodeForm_noLauncher());
        return null;
    }

    private static String reason(Throwable e) {
        Throwable last = e;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        return last.getMessage() == null ? last.toString() : last.getMessage();
    }

    /** Every kind of launcher that is installed, those by SSH first. */
    static List<Descriptor<ComputerLauncher>> launchers() {
        List<Descriptor<ComputerLauncher>> all = new ArrayList<>(Functions.getComputerLauncherDescriptors());
        all.sort(Comparator.comparing(
                each -> !each.clazz.getSimpleName().toLowerCase(Locale.ROOT).contains("ssh")));
        return all;
    }

    @CheckForNull
    private static String nameProblem(String name) {
        try {
            Hudson.checkGoodName(name);
        } catch (Failure e) {
            return e.getMessage();
        }
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            return Messages.AddNodeForm_name();
        }
        return Hudson.getInstance().getNode(name) != null
                        || Hudson.getInstance().getComputer(name) != null
                ? Messages.AddNodeForm_taken(name)
                : null;
    }

    @CheckForNull
    private static String labelsProblem(String labels) {
        return labels.matches("[A-Za-z0-9._-]{1,100}( +[A-Za-z0-9._-]{1,100}){0,20}")
                ? null
                : Messages.AddNodeForm_labels();
    }

    @CheckForNull
    private static String executorsProblem(String executors) {
        boolean number = executors.matches("[1-9][0-9]{0,2}") && Integer.parseInt(executors) <= MOST_EXECUTORS;
        return number ? null : Messages.AddNodeForm_executors(MOST_EXECUTORS);
    }

    @CheckForNull
    private static String rootProblem(String root) {
        return root.matches("(/[A-Za-z0-9._-]{1,100}){1,20}/?")
                        && !List.of(root.split("/")).contains("..")
                ? null
                : Messages.AddNodeForm_root();
    }

    /**
     * The node. Only for a form without problems.
     *
     * @throws Exception what the core throws: current ones refuse by a form's exception what 1.395 takes
     */
    Node node(String description) throws Exception {
        return new DumbSlave(
                name,
                description,
                root,
                executors,
                Node.Mode.NORMAL,
                labels,
                launcher,
                new RetentionStrategy.Always(),
                List.of());
    }

    /** What is wrong, a line each; empty when the node can be made. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    public String getName() {
        return name;
    }

    public String getLabels() {
        return labels;
    }

    public String getExecutors() {
        return executors;
    }

    public String getRoot() {
        return root;
    }

    public boolean isPrepare() {
        return prepare;
    }

    /** Null before one was chosen, and when it refused what was typed. */
    @CheckForNull
    public ComputerLauncher getLauncher() {
        return launcher;
    }

    @Override
    public DescriptorImpl getDescriptor() {
        return (DescriptorImpl) Hudson.getInstance().getDescriptor(AddNodeForm.class);
    }

    /** Answers the form's checks and its help. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<AddNodeForm> {
        public DescriptorImpl() {
            super(AddNodeForm.class);
        }

        @Override
        public String getDisplayName() {
            return Messages.AddNodePage_DisplayName();
        }

        /** Which nodes there are is only for administrators. */
        public FormValidation doCheckName(@QueryParameter String value) {
            Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
            String name = trimmed(value);
            // Nobody has done anything wrong before typing.
            return name.isEmpty() ? FormValidation.ok() : check(nameProblem(name));
        }

        public FormValidation doCheckLabels(@QueryParameter String value) {
            return check(labelsProblem(trimmed(value)));
        }

        public FormValidation doCheckExecutors(@QueryParameter String value) {
            return check(executorsProblem(trimmed(value)));
        }

        public FormValidation doCheckRoot(@QueryParameter String value) {
            return check(rootProblem(trimmed(value)));
        }

        private static String trimmed(@CheckForNull String value) {
            return value == null ? "" : value.trim();
        }

        private static FormValidation check(@CheckForNull String problem) {
            return problem == null ? FormValidation.ok() : FormValidation.error(problem);
        }
    }
}
