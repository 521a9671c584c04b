package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractProject;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Hudson;
import hudson.model.Item;
import hudson.model.Label;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.job.gate.GatePlan;
import io.jenkins.plugins.metapluginci.job.gate.GateRules;
import io.jenkins.plugins.metapluginci.job.gate.Hook;
import io.jenkins.plugins.metapluginci.job.gate.Problem;
import io.jenkins.plugins.metapluginci.job.gate.UnusablePlanException;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;

/**
 * The settings of a devstack-gate job as they were written: what config.xml holds below {@code <settings>}. Immutable. An
 * element that is missing there has its default, and nothing is refused on reading, so that no job is lost over a bad value:
 * {@link #check} names what is wrong and {@link #plan} refuses to run it.
 */
public final class GateSettings implements Describable<GateSettings> {
    static final String NODE_LABEL = "devstack_slave";
    static final String TIME_LIMIT = "60";
    static final String CLEANUP_PATHS = "/opt/stack/logs\n/opt/stack/new";
    static final String BRIDGES = "br-int\nbr-ex\nbr-tun";
    static final String GATE_DIRECTORY = "/opt/devstack-gate";
    static final String FILE_SLOT = "lib/neutron_thirdparty/metaplugin";
    static final String DAYS_TO_KEEP = "30";
    static final String BUILDS_TO_KEEP = "200";

    private final String nodeLabel;
    private final Boolean concurrent;
    private final String timeLimit;
    private final String cleanupPaths;
    private final String bridges;
    private final String gateDirectory;
    private final List<EnvironmentVariable> environment;
    private final String featureMatrix;
    private final String preTestHook;
    private final String gateHook;
    private final String postTestHook;
    private final List<ThirdPartyFile> files;
    private final String rebootCommand;
    private final String daysToKeep;
    private final String buildsToKeep;
    private final String logServer;

    /** Every setting at its default. */
    public GateSettings() {
        this(new Draft());
    }

    private GateSettings(Draft draft) {
        nodeLabel = draft.texts.get("nodeLabel");
        concurrent = draft.concurrent;
        timeLimit = draft.texts.get("timeLimit");
        cleanupPaths = draft.texts.get("cleanupPaths");
        bridges = draft.texts.get("bridges");
        gateDirectory = draft.texts.get("gateDirectory");
        environment = draft.environment == null ? null : new ArrayList<>(draft.environment);
        featureMatrix = draft.texts.get("featureMatrix");
        preTestHook = draft.texts.get("preTestHook");
        gateHook = draft.texts.get("gateHook");
        postTestHook = draft.texts.get("postTestHook");
        files = draft.files == null ? null : new ArrayList<>(draft.files);
        rebootCommand = draft.texts.get("rebootCommand");
        daysToKeep = draft.texts.get("daysToKeep");
        buildsToKeep = draft.texts.get("buildsToKeep");
        logServer = draft.texts.get("logServer");
    }

    /** Settings in the making, from these: what is not set stays as it is. Not thread safe. */
    Draft draft() {
        Draft draft = new Draft();
        draft.text("nodeLabel", nodeLabel)
                .text("timeLimit", timeLimit)
                .text("cleanupPaths", cleanupPaths)
                .text("bridges", bridges)
                .text("gateDirectory", gateDirectory)
                .text("featureMatrix", featureMatrix)
                .text("preTestHook", preTestHook)
                .text("gateHook", gateHook)
                .text("postTestHook", postTestHook)
                .text("rebootCommand", rebootCommand)
                .text("daysToKeep", daysToKeep)
                .text("buildsToKeep", buildsToKeep)
                .text("logServer", logServer);
        draft.concurrent = concurrent;
        draft.environment = environment;
        draft.files = files;
        return draft;
    }

    /** See {@link #draft()}. */
    static final class Draft {
        /** The settings that are text, by the names of their fields. */
        static final List<String> TEXTS = List.of(
                "nodeLabel",
                "timeLimit",
                "cleanupPaths",
                "bridges",
                "gateDirectory",
                "featureMatrix",
                "preTestHook",
                "gateHook",
                "postTestHook",
                "rebootCommand",
                "daysToKeep",
                "buildsToKeep",
                "logServer");

        private final Map<String, String> texts = new HashMap<>();
        private Boolean concurrent;
        private List<EnvironmentVariable> environment;
        private List<ThirdPartyFile> files;

        /** @param value null for the default */
        Draft text(String field, @CheckForNull String value) {
            if (!TEXTS.contains(field)) {
                throw new IllegalArgumentException(field);
            }
            texts.put(field, value == null ? null : unixLines(value));
            return this;
        }

        Draft concurrent(boolean value) {
            concurrent = value;
            return this;
        }

        Draft environment(List<EnvironmentVariable> value) {
            environment = value;
            return this;
        }

        Draft files(List<ThirdPartyFile> value) {
            files = value;
            return this;
        }

        GateSettings settings() {
            return new GateSettings(this);
        }
    }

    public String getNodeLabel() {
        return or(nodeLabel, NODE_LABEL).trim();
    }

    /** Whether builds of the job may run at the same time. */
    public boolean isConcurrent() {
        return concurrent == null || concurrent;
    }

    /** Minutes, as written. */
    public String getTimeLimit() {
        return or(timeLimit, TIME_LIMIT).trim();
    }

    /** One path a line. */
    public String getCleanupPaths() {
        return or(cleanupPaths, CLEANUP_PATHS);
    }

    /** One name a line. */
    public String getBridges() {
        return or(bridges, BRIDGES);
    }

    public String getGateDirectory() {
        return or(gateDirectory, GATE_DIRECTORY).trim();
    }

    public List<EnvironmentVariable> getEnvironment() {
        return environment == null ? defaultEnvironment() : List.copyOf(environment);
    }

    /** YAML; empty for devstack-gate's own matrix. */
    public String getFeatureMatrix() {
        return or(featureMatrix, "");
    }

    public String getPreTestHook() {
        return or(preTestHook, "");
    }

    public String getGateHook() {
        return or(gateHook, "");
    }

    public String getPostTestHook() {
        return or(postTestHook, "");
    }

    public List<ThirdPartyFile> getFiles() {
        return files == null ? List.of(new ThirdPartyFile(FILE_SLOT, "")) : List.copyOf(files);
    }

    public String getRebootCommand() {
        String command = or(rebootCommand, "").trim();
        return command.isEmpty() ? NodeLifecycle.DEFAULT_COMMAND : command;
    }

    /** Days, as written; empty to keep builds of any age. */
    public String getDaysToKeep() {
        return or(daysToKeep, DAYS_TO_KEEP).trim();
    }

    /** A number, as written; empty to keep any number. */
    public String getBuildsToKeep() {
        return or(buildsToKeep, BUILDS_TO_KEEP).trim();
    }

    /** Name of the log server; empty for the first. */
    public String getLogServer() {
        return or(logServer, "").trim();
    }

    /** Everything that is wrong with these settings. */
    public List<Problem> check() {
        return new SettingsCheck(this).problems();
    }

    /** As {@link #check}, and what bash says of the hooks; takes a moment, so for what a person saves. */
    List<Problem> checkWithBash() {
        List<Problem> problems = new ArrayList<>(check());
        for (Hook hook : Hook.values()) {
            String problem = HookSyntax.problem(hook, hook(hook));
            if (problem != null) {
                problems.add(new Problem(SettingsCheck.fieldOf(hook), problem));
            }
        }
        return problems;
    }

    /**
     * What a build does.
     *
     * @throws UnusablePlanException naming everything that is wrong
     */
    public GatePlan plan() throws UnusablePlanException {
        return new SettingsCheck(this).plan();
    }

    String hook(Hook hook) {
        switch (hook) {
            case PRE_TEST:
                return getPreTestHook();
            case GATE:
                return getGateHook();
            default:
                return getPostTestHook();
        }
    }

    boolean hasGateTimeoutByHand() {
        return getEnvironment().stream().anyMatch(v -> v.getName().equals(GatePlan.GATE_TIMEOUT));
    }

    @Override
    public DescriptorImpl getDescriptor() {
        return (DescriptorImpl) Hudson.getInstance().getDescriptorOrDie(getClass());
    }

    private static List<EnvironmentVariable> defaultEnvironment() {
        return List.of(
                new EnvironmentVariable("LANG", "C"),
                new EnvironmentVariable("PYTHONUNBUFFERED", "true"),
                new EnvironmentVariable("DEVSTACK_GATE_NEUTRON", "1"),
                new EnvironmentVariable("DEVSTACK_GATE_TEMPEST", "1"),
                new EnvironmentVariable("ENABLED_SERVICES", "metaplugin"),
                new EnvironmentVariable("DEVSTACK_GATE_TEMPEST_REGEX", "tempest.api.network"));
    }

    /** Browsers end the lines of a text area with CR LF; bash and YAML want LF. */
    static String unixLines(@CheckForNull String text) {
        return Util.fixNull(text).replace("\r\n", "\n").replace('\r', '\n');
    }

    private static String or(@CheckForNull String text, String otherwise) {
        return text == null ? otherwise : unixLines(text);
    }

    /** Checks fields while they are typed; only looks at what it is given. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<GateSettings> {
        @Override
        public String getDisplayName() {
            return Messages.GateSettings_DisplayName();
        }

        public FormValidation doCheckNodeLabel(@QueryParameter String value) {
            String label = Util.fixNull(value).trim();
            String problem = GateRules.label(label);
            if (problem != null) {
                return FormValidation.error(problem);
            }
            Label known = Hudson.getInstance().getLabel(label);
            return known == null || known.isEmpty()
                    ? FormValidation.warning(Messages.GateSettings_NoNode(label))
                    : FormValidation.ok();
        }

        /** The environment is not at hand here: a short limit is a warning, saving the form decides. */
        public FormValidation doCheckTimeLimit(@QueryParameter String value) {
            String limit = Util.fixNull(value);
            String problem = GateRules.timeLimit(limit, true);
            String warning = problem == null ? GateRules.timeLimit(limit, false) : null;
            return warning == null ? validation(problem) : FormValidation.warning(warning);
        }

        public FormValidation doCheckGateDirectory(@QueryParameter String value) {
            return validation(GateRules.gateDirectory(Util.fixNull(value).trim()));
        }

        public FormValidation doCheckCleanupPaths(@QueryParameter String value) {
            return first(value, path -> GateRules.cleanupPath(path, ""));
        }

        public FormValidation doCheckBridges(@QueryParameter String value) {
            return first(value, GateRules::bridge);
        }

        /*
         * The next four are not named after their fields: 1.395 would send texts of any length in an URL, and shows what
         * becomes of that as an error. Current Jenkins is told of them on the page.
         */
        public FormValidation doCheckMatrixText(@QueryParameter String value) {
            return validation(GateRules.featureMatrix(unixLines(value)));
        }

        public FormValidation doCheckPreTestText(
                @AncestorInPath AbstractProject<?, ?> job, @QueryParameter String value) {
            return hook(job, Hook.PRE_TEST, value);
        }

        public FormValidation doCheckGateText(@AncestorInPath AbstractProject<?, ?> job, @QueryParameter String value) {
            return hook(job, Hook.GATE, value);
        }

        public FormValidation doCheckPostTestText(
                @AncestorInPath AbstractProject<?, ?> job, @QueryParameter String value) {
            return hook(job, Hook.POST_TEST, value);
        }

        /** Only who may save the job may have bash asked. */
        private static FormValidation hook(@CheckForNull AbstractProject<?, ?> job, Hook hook, String value) {
            String body = unixLines(value);
            String problem = GateRules.hook(hook, body);
            boolean ask = problem == null && job != null && job.hasPermission(Item.CONFIGURE);
            return validation(ask ? HookSyntax.problem(hook, body) : problem);
        }

        private static FormValidation first(String lines, UnaryOperator<String> rule) {
            return validation(GateRules.lines(Util.fixNull(lines)).stream()
                    .map(rule)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null));
        }

        public FormValidation doCheckDaysToKeep(@QueryParameter String value) {
            return validation(GateRules.retention(Util.fixNull(value).trim()));
        }

        public FormValidation doCheckBuildsToKeep(@QueryParameter String value) {
            return validation(GateRules.retention(Util.fixNull(value).trim()));
        }

        private static FormValidation validation(@CheckForNull String problem) {
            return problem == null ? FormValidation.ok() : FormValidation.error(problem);
        }
    }
}
