package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.Action;
import hudson.model.EnvironmentContributingAction;
import hudson.model.EnvironmentContributor;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.metapluginci.node.CarriesUuid;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a build of ours carries from the queue to its end: its uuid and the variables that say what it tests. Kept in
 * queue.xml and build.xml; holds no secret. As a queue action it keeps two changes that wait for one job apart: the core
 * would otherwise fold them into one item.
 */
public final class GateParameters implements EnvironmentContributingAction, Queue.QueueAction, CarriesUuid {
    static final String BRANCH = "ZUUL_BRANCH";
    static final String PROJECT = "ZUUL_PROJECT";
    static final String GIT_URL = "ZUUL_URL";
    static final String LOG_PATH = "LOG_PATH";
    static final String UUID_VARIABLE = "ZUUL_UUID";

    /** Pipeline of builds that people start, and the directory of their logs. */
    private static final String MANUAL = "manual";

    private final String uuid;
    private final LinkedHashMap<String, String> environment;
    private final boolean byPerson;

    private GateParameters(String uuid, Map<String, String> environment, boolean byPerson) {
        this.uuid = uuid;
        this.environment = new LinkedHashMap<>(environment);
        this.byPerson = byPerson;
    }

    /** For a build that the scheduler wants. */
    static GateParameters ofScheduler(String uuid, Map<String, String> environment) {
        return new GateParameters(uuid, environment, false);
    }

    /**
     * For a build that a person (or anything but the scheduler) started: it tests the tip of a branch. It has no
     * {@code ZUUL_REF}, so devstack-gate fetches {@code ZUUL_BRANCH} of {@code ZUUL_PROJECT} from {@code ZUUL_URL}.
     *
     * @param tips null when nothing is known about projects
     */
    static GateParameters ofPerson(Run<?, ?> build, @CheckForNull BranchTips tips) {
        String job = build.getParent().getFullName();
        String uuid = UUID.randomUUID().toString().replace("-", "");
        String branch = BranchParameter.among(build.getActions());
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put(UUID_VARIABLE, uuid);
        if (tips != null) {
            putUnlessEmpty(environment, PROJECT, tips.project(job));
            putUnlessEmpty(environment, GIT_URL, tips.gitUrl());
        }
        environment.put("ZUUL_PIPELINE", MANUAL);
        environment.put("ZUUL_VOTING", "0");
        environment.put(BRANCH, branch);
        environment.put("BASE_LOG_PATH", manualBaseLogPath(job));
        environment.put(LOG_PATH, manualBaseLogPath(job) + "/" + uuid.substring(0, 7));
        return new GateParameters(uuid, environment, true);
    }

    /** The job's own variables count where the configuration says nothing. */
    private static void putUnlessEmpty(Map<String, String> environment, String name, @CheckForNull String value) {
        if (value != null && !value.isBlank()) {
            environment.put(name, value);
        }
    }

    /** {@code manual/JOB}, every character of the job's name that is not plain replaced. */
    static String manualBaseLogPath(String job) {
        return MANUAL + "/" + job.replaceAll("[^A-Za-z0-9._/-]", "_").replaceAll("(^|/)\\.+", "$1_");
    }

    /** The parameters of a build; null when it is not ours. */
    @CheckForNull
    public static GateParameters of(Run<?, ?> build) {
        return build.getAction(GateParameters.class);
    }

    /** The parameters among a queue item's actions; null when it is not ours. */
    @CheckForNull
    static GateParameters among(List<? extends Action> actions) {
        for (Action action : actions) {
            if (action instanceof GateParameters parameters) {
                return parameters;
            }
        }
        return null;
    }

    /** Of the build that a build is a part of, as configurations are of a matrix, else its own. Null when it has none. */
    @CheckForNull
    static GateParameters ofWhole(Run<?, ?> run) {
        GateParameters own = of(run);
        if (own != null || !(run.getParent().getParent() instanceof Job<?, ?> whole)) {
            return own;
        }
        // Both cores number the parts as the whole; the type of the whole is not in current Jenkins' core.
        Run<?, ?> parent = whole.getBuildByNumber(run.getNumber());
        return parent == null ? null : of(parent);
    }

    /** 32 hexadecimal digits. */
    @Override
    @NonNull
    public String getUuid() {
        return uuid;
    }

    /** Whether the scheduler knows nothing of this build. */
    public boolean isByPerson() {
        return byPerson;
    }

    /** A copy. */
    public Map<String, String> getEnvironment() {
        return new LinkedHashMap<>(environment);
    }

    /** {@code LOG_PATH}: the directory below the log server's root. */
    public String getLogPath() {
        return Util.fixNull(environment.get(LOG_PATH));
    }

    /** The branch that is tested; empty when there is none. */
    public String getBranch() {
        return Util.fixNull(environment.get(BRANCH));
    }

    @Override
    public void buildEnvVars(AbstractBuild<?, ?> build, EnvVars env) {
        env.putAll(environment);
    }

    /** What current Jenkins calls for builds of types that 1.395 does not have. */
    public void buildEnvironment(Run<?, ?> run, EnvVars env) {
        env.putAll(environment);
    }

    /** Gives the parts of a matrix what the whole has. */
    @Extension
    public static final class OfParts extends EnvironmentContributor {
        @Override
        @SuppressWarnings("rawtypes") // as the core declares it
        public void buildEnvironmentFor(Run run, EnvVars env, TaskListener listener) {
            GateParameters whole = ofWhole(run);
            if (whole != null && whole != of(run)) {
                env.putAll(whole.environment);
            }
        }
    }

    /** Only an item of the same uuid is the same. */
    @Override
    public boolean shouldSchedule(List<Action> actions) {
        GateParameters other = among(actions);
        return other == null || !other.uuid.equals(uuid);
    }

    /** How it stands with the run by our own record, which alone votes: for the build's page. Null when there is none. */
    @CheckForNull
    public String getVerdict() {
        JobRoom room = JobRoom.get();
        BuildRecord record = room == null ? null : room.records().find(uuid);
        return record == null ? null : Verdict.of(record, room.records().isOpen(uuid));
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.GateParameters_DisplayName();
    }

    @Override
    public String getUrlName() {
        return null;
    }
}
