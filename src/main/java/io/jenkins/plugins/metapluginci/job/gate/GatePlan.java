package io.jenkins.plugins.metapluginci.job.gate;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of devstack-gate does; the checked settings of a job. Immutable.
 *
 * @param timeLimitMinutes after which the run is stopped on the node
 * @param cleanupPaths absolute paths that are removed first
 * @param bridges Open vSwitch bridges that are deleted first
 * @param gateDirectory devstack-gate's directory on the node
 * @param environment the job's own variables, in their order
 * @param featureMatrix YAML text; empty for devstack-gate's own
 * @param hooks bodies of the hooks that are not blank
 * @param files what is put into the devstack tree
 */
public record GatePlan(
        int timeLimitMinutes,
        List<String> cleanupPaths,
        List<String> bridges,
        String gateDirectory,
        Map<String, String> environment,
        String featureMatrix,
        Map<Hook, String> hooks,
        List<InstalledFile> files) {

    /** devstack-gate's own limit, in minutes. */
    public static final String GATE_TIMEOUT = "DEVSTACK_GATE_TIMEOUT";
    /** The limit of the whole run in milliseconds, by the name that the Build Timeout plugin gives it. */
    public static final String BUILD_TIMEOUT = "BUILD_TIMEOUT";

    public static final String FEATURE_MATRIX = "DEVSTACK_GATE_FEATURE_MATRIX";

    /** So that devstack-gate ends, and collects its logs, before it is stopped. */
    public static final int GATE_TIMEOUT_BUFFER_MINUTES = 10;

    public GatePlan {
        cleanupPaths = List.copyOf(cleanupPaths);
        bridges = List.copyOf(bridges);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        Map<Hook, String> bodies = new EnumMap<>(Hook.class);
        bodies.putAll(hooks);
        hooks = Collections.unmodifiableMap(bodies);
        files = List.copyOf(files);
    }

    /** The job's variables with the derived limits; a {@code DEVSTACK_GATE_TIMEOUT} of the job's own stands. */
    public Map<String, String> environmentWithLimits() {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putIfAbsent(GATE_TIMEOUT, Integer.toString(timeLimitMinutes - GATE_TIMEOUT_BUFFER_MINUTES));
        all.put(
                BUILD_TIMEOUT,
                Long.toString(Duration.ofMinutes(timeLimitMinutes).toMillis()));
        return all;
    }
}
