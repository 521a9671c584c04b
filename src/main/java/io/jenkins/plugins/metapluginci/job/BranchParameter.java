package io.jenkins.plugins.metapluginci.job;

import hudson.Util;
import hudson.model.Action;
import hudson.model.ParameterDefinition;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The branch that Build Now asks for: a parameter that every job of ours always has. */
final class BranchParameter {
    static final String DEFAULT = "master";

    private BranchParameter() {}

    /** The branch that a build's actions ask for; the default when they do not. */
    static String among(List<Action> actions) {
        String branch = DEFAULT;
        for (Action action : actions) {
            if (action instanceof ParametersAction parameters
                    && parameters.getParameter(GateParameters.BRANCH) instanceof StringParameterValue text) {
                branch = Util.fixNull(text.value).trim();
            }
        }
        return branch;
    }

    /** Adds the parameter, before those that people added, when the job lacks it; then the job is saved. */
    static void ensure(DevstackGateProject job) throws IOException {
        ParametersDefinitionProperty property = job.getProperty(ParametersDefinitionProperty.class);
        if (property != null && property.getParameterDefinition(GateParameters.BRANCH) != null) {
            return;
        }
        List<ParameterDefinition> definitions = new ArrayList<>();
        definitions.add(
                new StringParameterDefinition(GateParameters.BRANCH, DEFAULT, Messages.BranchParameter_Description()));
        if (property != null) {
            definitions.addAll(property.getParameterDefinitions());
            job.removeProperty(property);
        }
        job.addProperty(new ParametersDefinitionProperty(definitions));
    }
}
