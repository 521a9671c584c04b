package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.EnvVars;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.Cause;
import hudson.model.Computer;
import hudson.model.EnvironmentContributingAction;
import hudson.model.Hudson;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.acegisecurity.Authentication;
import org.acegisecurity.context.SecurityContextHolder;

/** A build's console and what its pages say about the build. */
final class RunConsole implements ConsoleSource {
    /** What others need to know to do the same; nothing else of a build's environment is published. */
    private static final String PUBLISHED = "(ZUUL|GERRIT|BASE_LOG|LOG|DEVSTACK_GATE)_.*|GIT_BASE";

    private static final String ADDRESSES = ".*(_EMAIL|_ACCOUNT|_USERNAME)";

    private final Run<?, ?> run;

    RunConsole(Run<?, ?> run) {
        this.run = run;
    }

    @Override
    public InputStream open() throws IOException {
        return run.getLogInputStream();
    }

    /** A build, whoever may see it; null when there is none. @param job full name */
    @CheckForNull
    static Run<?, ?> find(String job, int number) {
        Authentication before = SecurityContextHolder.getContext().getAuthentication();
        SecurityContextHolder.getContext().setAuthentication(ACL.SYSTEM);
        try {
            Job<?, ?> there = Hudson.getInstance().getItemByFullName(job, Job.class);
            return there == null ? null : there.getBuildByNumber(number);
        } finally {
            SecurityContextHolder.getContext().setAuthentication(before);
        }
    }

    /** What is known of a build that has begun. */
    static RunFacts facts(Run<?, ?> run) {
        EnvVars variables = new EnvVars();
        String node = "";
        if (run instanceof AbstractBuild<?, ?> build) {
            node = node(build);
            variables = variables(build);
            // what a parameter holds that is no one's business
            build.getSensitiveBuildVariables().forEach(variables::remove);
        }
        Map<String, String> environment = new TreeMap<>(variables);
        environment.keySet().removeIf(name -> !name.matches(PUBLISHED) || name.matches(ADDRESSES));
        return new RunFacts(
                run.getFullDisplayName(),
                run.getParent().getFullName(),
                node,
                new RunFacts.Tested(
                        variables.getOrDefault("ZUUL_PROJECT", ""),
                        variables.getOrDefault("ZUUL_BRANCH", ""),
                        variables.getOrDefault("ZUUL_CHANGE", ""),
                        variables.getOrDefault("ZUUL_PATCHSET", ""),
                        variables.getOrDefault("GERRIT_CHANGE_URL", ""),
                        variables.getOrDefault("ZUUL_PIPELINE", "")),
                null,
                run.getTimestamp().getTimeInMillis(),
                0,
                run.getCauses().stream().map(Cause::getShortDescription).collect(Collectors.joining("; ")),
                environment);
    }

    /** The variables that a build has of itself, without asking its node. */
    static EnvVars variables(AbstractBuild<?, ?> build) {
        EnvVars variables = new EnvVars();
        variables.put("JOB_NAME", build.getProject().getFullName());
        variables.put("BUILD_NUMBER", Integer.toString(build.getNumber()));
        for (EnvironmentContributingAction action : build.getActions(EnvironmentContributingAction.class)) {
            action.buildEnvVars(build, variables);
        }
        return variables;
    }

    /** While a build begins it counts as the controller's (core-notes R6); its executor knows better. */
    private static String node(AbstractBuild<?, ?> build) {
        String known = Util.fixNull(build.getBuiltOnStr());
        Computer here = Computer.currentComputer();
        return known.isEmpty() && here != null ? Util.fixNull(here.getName()) : known;
    }

    /** What is known of a finished build. */
    static RunFacts ended(Run<?, ?> run) {
        return facts(run)
                .ended(String.valueOf(run.getResult()), run.getTimestamp().getTimeInMillis() + run.getDuration());
    }
}
