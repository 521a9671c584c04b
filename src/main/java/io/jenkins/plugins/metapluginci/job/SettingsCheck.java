package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.job.gate.GatePlan;
import io.jenkins.plugins.metapluginci.job.gate.GateRules;
import io.jenkins.plugins.metapluginci.job.gate.Hook;
import io.jenkins.plugins.metapluginci.job.gate.InstalledFile;
import io.jenkins.plugins.metapluginci.job.gate.Problem;
import io.jenkins.plugins.metapluginci.job.gate.Texts;
import io.jenkins.plugins.metapluginci.job.gate.UnusablePlanException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads settings as they were written into a plan, and names what is wrong with them. Used once. */
final class SettingsCheck {
    private final GateSettings settings;
    private final List<Problem> problems = new ArrayList<>();

    SettingsCheck(GateSettings settings) {
        this.settings = settings;
    }

    /** Everything that is wrong. */
    List<Problem> problems() {
        read();
        return List.copyOf(problems);
    }

    /** @throws UnusablePlanException when anything is wrong */
    GatePlan plan() throws UnusablePlanException {
        GatePlan plan = read();
        if (plan == null) {
            throw new UnusablePlanException(problems);
        }
        return plan;
    }

    @CheckForNull
    private GatePlan read() {
        note("nodeLabel", GateRules.label(settings.getNodeLabel()));
        note("timeLimit", GateRules.timeLimit(settings.getTimeLimit(), settings.hasGateTimeoutByHand()));
        note("daysToKeep", GateRules.retention(settings.getDaysToKeep()));
        note("buildsToKeep", GateRules.retention(settings.getBuildsToKeep()));
        String directory = settings.getGateDirectory();
        note("gateDirectory", GateRules.gateDirectory(directory));
        List<String> paths = GateRules.lines(settings.getCleanupPaths());
        paths.forEach(path -> note("cleanupPaths", GateRules.cleanupPath(path, directory)));
        List<String> bridges = GateRules.lines(settings.getBridges());
        bridges.forEach(bridge -> note("bridges", GateRules.bridge(bridge)));
        Map<String, String> environment = environment();
        note("featureMatrix", GateRules.featureMatrix(settings.getFeatureMatrix()));
        Map<Hook, String> hooks = hooks();
        List<InstalledFile> files = files();
        if (!problems.isEmpty()) {
            return null;
        }
        return new GatePlan(
                Integer.parseInt(settings.getTimeLimit()),
                paths,
                bridges,
                directory,
                environment,
                settings.getFeatureMatrix(),
                hooks,
                files);
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvironmentVariable variable : settings.getEnvironment()) {
            if (variable.getName().isEmpty() && variable.getValue().isBlank()) {
                continue;
            }
            note("environment", GateRules.variable(variable.getName(), variable.getValue()));
            if (environment.put(variable.getName(), variable.getValue()) != null) {
                note("environment", Texts.of("variable.twice", variable.getName()));
            }
        }
        return environment;
    }

    private Map<Hook, String> hooks() {
        Map<Hook, String> hooks = new EnumMap<>(Hook.class);
        for (Hook hook : Hook.values()) {
            String body = settings.hook(hook);
            note(fieldOf(hook), GateRules.hook(hook, body));
            if (!body.isBlank()) {
                hooks.put(hook, body);
            }
        }
        return hooks;
    }

    private List<InstalledFile> files() {
        List<InstalledFile> files = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ThirdPartyFile file : settings.getFiles()) {
            if (file.getContent().isBlank()) {
                continue;
            }
            note("files", GateRules.filePath(file.getPath()));
            note("files", GateRules.fileContent(file.getPath(), file.getContent()));
            if (!seen.add(file.getPath())) {
                note("files", Texts.of("file.twice", file.getPath()));
            }
            files.add(new InstalledFile(file.getPath(), file.getContent()));
        }
        return files;
    }

    static String fieldOf(Hook hook) {
        switch (hook) {
            case PRE_TEST:
                return "preTestHook";
            case GATE:
                return "gateHook";
            default:
                return "postTestHook";
        }
    }

    private void note(String field, @CheckForNull String message) {
        if (message != null) {
            problems.add(new Problem(field, message));
        }
    }
}
