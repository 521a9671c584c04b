package io.jenkins.plugins.metapluginci.job;

import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Failure;
import hudson.model.Hudson;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.JobProperty;
import hudson.model.Label;
import hudson.model.Project;
import hudson.model.TopLevelItem;
import hudson.tasks.Builder;
import hudson.tasks.LogRotator;
import io.jenkins.plugins.metapluginci.job.gate.Problem;
import io.jenkins.plugins.metapluginci.logs.LogPublisher;
import io.jenkins.plugins.metapluginci.node.RebootPublisher;
import io.jenkins.plugins.metapluginci.node.RebootsNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServletResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;

/**
 * The job type "Third-party CI job (devstack-gate)". Its label, concurrency, steps and retention are fields of its own,
 * read by the core through the overrides here: a form or script that leaves the core's out cannot wipe them (core-notes R5).
 *
 * <p>{@link #settings} is replaced as a whole and may be read from any thread.
 */
public class DevstackGateProject extends Project<DevstackGateProject, DevstackGateBuild>
        implements TopLevelItem, RebootsNode {
    /** Null in a config.xml without them: every default. */
    private volatile GateSettings settings;

    /** What was last loaded or saved; null until then. */
    private transient volatile GateSettings accepted;

    public DevstackGateProject(ItemGroup parent, String name) {
        super(parent, name);
        settings = new GateSettings();
    }

    public GateSettings getSettings() {
        GateSettings current = settings;
        return current == null ? new GateSettings() : current;
    }

    /** Replaces the settings and saves the job. */
    public void setSettings(GateSettings changed) throws IOException {
        settings = changed;
        accepted = changed;
        save();
    }

    @Override
    protected Class<DevstackGateBuild> getBuildClass() {
        return DevstackGateBuild.class;
    }

    @Override
    public Label getAssignedLabel() {
        return Hudson.getInstance().getLabel(getSettings().getNodeLabel());
    }

    @Override
    public String getAssignedLabelString() {
        return getSettings().getNodeLabel();
    }

    /** Sets our own field. @param label null for the default */
    @Override
    public void setAssignedLabel(Label label) throws IOException {
        setSettings(getSettings()
                .draft()
                .text("nodeLabel", label == null ? null : label.getName())
                .settings());
    }

    @Override
    public boolean isConcurrentBuild() {
        return getSettings().isConcurrent();
    }

    /** A change is tested at once. */
    @Override
    public int getQuietPeriod() {
        return 0;
    }

    /** The one step, whatever the core's list holds (core-notes R4). */
    @Override
    public List<Builder> getBuilders() {
        List<Builder> steps = new ArrayList<>();
        steps.add(new DevstackGateStep());
        return steps;
    }

    @Override
    public String getRebootCommand() {
        return getSettings().getRebootCommand();
    }

    /** Retention is a field of ours: the core's is not shown. */
    @Override
    public boolean supportsLogRotator() {
        return false;
    }

    @Override
    public void logRotate() throws IOException, InterruptedException {
        GateSettings current = getSettings();
        new LogRotator(current.getDaysToKeep(), current.getBuildsToKeep(), "", "").perform(this);
    }

    @Override
    public void onCreatedFromScratch() {
        super.onCreatedFromScratch();
        accepted = getSettings();
        try {
            BranchParameter.ensure(this);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * Also called when a config.xml was sent for the living job, after its values have been set but before they are on disk:
     * bad ones are taken back from there and refused.
     */
    @Override
    public void onLoad(ItemGroup<? extends Item> parent, String name) throws IOException {
        // A job that is read from disk is never refused: its builds will say what is wrong.
        List<Problem> problems = accepted == null ? List.of() : getSettings().checkWithBash();
        boolean refused = !problems.isEmpty();
        if (refused) {
            getConfigFile().unmarshal(this);
        }
        super.onLoad(parent, name);
        BranchParameter.ensure(this);
        accepted = getSettings();
        if (refused && accepted.check().isEmpty()) {
            throw HttpResponses.error(400, new IOException(text(problems)));
        }
    }

    @Override
    protected void submit(StaplerRequest req, StaplerResponse rsp)
            throws IOException, ServletException, Descriptor.FormException {
        if (!"POST".equals(req.getMethod())) {
            // Core 1.395 takes a form by GET as well, which needs no crumb.
            takeBack();
            throw HttpResponses.status(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
        GateSettings changed;
        try {
            changed = new SettingsForm(req).read(getSettings());
        } catch (Failure e) {
            takeBack();
            throw e;
        }
        super.submit(req, rsp);
        settings = changed;
        accepted = changed;
        BranchParameter.ensure(this);
    }

    /** The core has already set its own fields from a form when it asks us: those on disk stand. */
    private void takeBack() throws IOException {
        DevstackGateProject saved = (DevstackGateProject) getConfigFile().read();
        description = saved.description;
        properties.clear();
        for (JobProperty<? super DevstackGateProject> property : saved.getAllProperties()) {
            addProperty(property);
        }
    }

    private static String text(List<Problem> problems) {
        return problems.stream().map(Problem::message).collect(Collectors.joining(" "));
    }

    @Override
    public DescriptorImpl getDescriptor() {
        return (DescriptorImpl) Hudson.getInstance().getDescriptorOrDie(getClass());
    }

    /** What the New Item page shows. */
    @Extension
    public static final class DescriptorImpl extends AbstractProjectDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.DevstackGateProject_DisplayName();
        }

        @Override
        public TopLevelItem newInstance(ItemGroup parent, String name) {
            return new DevstackGateProject(parent, name);
        }

        /** Publishing and reboot are always on here: the post-build actions that do so elsewhere are not offered. */
        @Override
        public boolean isApplicable(Descriptor descriptor) {
            return !descriptor.clazz.getName().equals(LogPublisher.class.getName())
                    && !descriptor.clazz.getName().equals(RebootPublisher.class.getName())
                    && super.isApplicable(descriptor);
        }

        /** For the New Item page of current Jenkins. */
        public String getDescription() {
            return Messages.DevstackGateProject_Description();
        }

        /** For the New Item page of current Jenkins. */
        public String getCategoryId() {
            return "standalone-projects";
        }

        /** For the New Item page of current Jenkins. */
        public String getIconFilePathPattern() {
            return "plugin/metaplugin-ci/images/devstack-gate.svg";
        }

        /** Whether this core draws its forms as tables and leaves parts of the page to the job type, as it did in 1.x. */
        public boolean isClassicForm() {
            return Util.fixNull(Hudson.VERSION).startsWith("1.");
        }
    }
}
