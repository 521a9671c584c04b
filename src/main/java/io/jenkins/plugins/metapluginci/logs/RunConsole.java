package io.jenkins.plugins.metapluginci.logs;

import hudson.EnvVars;
import hudson.model.AbstractBuild;
import hudson.model.Cause;
import hudson.model.EnvironmentContributingAction;
import hudson.model.Run;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A build's console and what its page says about the build. */
final class RunConsole implements ConsoleUpload.Source {
    private final Run<?, ?> run;

    RunConsole(Run<?, ?> run) {
        this.run = run;
    }

    @Override
    public InputStream open() throws IOException {
        return run.getLogInputStream();
    }

    /** The page for a finished build. @param tree what became of its files */
    static ConsolePage page(Run<?, ?> run, LogsResult tree) {
        List<ConsolePage.Fact> facts = new ArrayList<>();
        facts.add(new ConsolePage.Fact("Job", run.getParent().getFullName()));
        facts.add(new ConsolePage.Fact("Build", "#" + run.getNumber()));
        if (run instanceof AbstractBuild<?, ?> build) {
            facts.add(new ConsolePage.Fact("Node", build.getBuiltOnStr()));
            facts.add(new ConsolePage.Fact("Change", change(build)));
        }
        facts.add(new ConsolePage.Fact(
                "Cause",
                run.getCauses().stream().map(Cause::getShortDescription).collect(Collectors.joining("; "))));
        return new ConsolePage(
                run.getFullDisplayName(),
                String.valueOf(run.getResult()),
                facts,
                run.getTimestamp().getTimeInMillis(),
                Duration.ofMillis(run.getDuration()),
                tree.published() && tree.files() > 0,
                tree.problem());
    }

    /** Project, change and branch as Zuul's variables name them, read from the build's own actions; empty without. */
    private static String change(AbstractBuild<?, ?> build) {
        EnvVars variables = new EnvVars();
        for (EnvironmentContributingAction action : build.getActions(EnvironmentContributingAction.class)) {
            action.buildEnvVars(build, variables);
        }
        String change = variables.get("ZUUL_CHANGE");
        if (change == null) {
            return "";
        }
        return variables.expand("${ZUUL_PROJECT} ${ZUUL_CHANGE},${ZUUL_PATCHSET} (${ZUUL_BRANCH})");
    }
}
