package io.jenkins.plugins.metapluginci.logs;

import hudson.EnvVars;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.Cause;
import hudson.model.EnvironmentContributingAction;
import hudson.model.Run;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

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

    /** What is known of a build that has begun. */
    static RunFacts facts(Run<?, ?> run) {
        EnvVars variables = new EnvVars();
        String node = "";
        if (run instanceof AbstractBuild<?, ?> build) {
            node = Util.fixNull(build.getBuiltOnStr());
            for (EnvironmentContributingAction action : build.getActions(EnvironmentContributingAction.class)) {
                action.buildEnvVars(build, variables);
            }
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

    /** What is known of a finished build. */
    static RunFacts ended(Run<?, ?> run) {
        return facts(run)
                .ended(String.valueOf(run.getResult()), run.getTimestamp().getTimeInMillis() + run.getDuration());
    }
}
