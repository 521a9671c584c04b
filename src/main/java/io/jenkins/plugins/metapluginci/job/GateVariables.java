package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.EnvVars;
import hudson.model.AbstractBuild;
import hudson.model.Computer;
import hudson.model.Hudson;
import hudson.model.TaskListener;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What Jenkins adds to a build's environment, as far as it is fit for a node that runs strangers' code. */
final class GateVariables {
    /**
     * The core finds what a build left running by its cookies. It could not end it (core-notes R3) and would fail the build
     * over trying; we end it by its session. Paths of the controller mean nothing on a node.
     */
    private static final Set<String> NOT_FOR_NODES = Set.of(
            "HUDSON_COOKIE",
            "HUDSON_SERVER_COOKIE",
            "JENKINS_COOKIE",
            "JENKINS_NODE_COOKIE",
            "JENKINS_SERVER_COOKIE",
            "HUDSON_HOME",
            "JENKINS_HOME");

    private GateVariables() {}

    /**
     * Must be called on the build's executor thread.
     *
     * @param nodeUrl at which nodes reach the controller, with a slash at its end; null when it is the root URL
     */
    static Map<String, String> of(AbstractBuild<?, ?> build, TaskListener listener, @CheckForNull String nodeUrl)
            throws IOException, InterruptedException {
        EnvVars all = build.getEnvironment(listener);
        Map<String, String> ofNode = Computer.currentComputer().getEnvironment();
        Set<String> secret = build.getSensitiveBuildVariables();
        Map<String, String> kept = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            // PATH+TOOL is no variable but an instruction of the core for PATH.
            if (name.indexOf('+') < 0
                    && !NOT_FOR_NODES.contains(name)
                    && !secret.contains(name)
                    && !value.equals(ofNode.get(name))) {
                kept.put(name, value);
            }
        });
        if (nodeUrl != null) {
            String root = Hudson.getInstance().getRootUrl();
            if (root != null) {
                kept.replaceAll((name, value) -> name.endsWith("_URL") && value.startsWith(root)
                        ? nodeUrl + value.substring(root.length())
                        : value);
            }
            kept.put("HUDSON_URL", nodeUrl);
            kept.put("JENKINS_URL", nodeUrl);
            kept.put("BUILD_URL", nodeUrl + build.getUrl());
            kept.put("JOB_URL", nodeUrl + build.getProject().getUrl());
        }
        return kept;
    }
}
