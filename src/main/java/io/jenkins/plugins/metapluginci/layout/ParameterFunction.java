package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Map;

/**
 * The functions of OpenStack's openstack_functions.py that third-party layouts name as parameter-function, in Java: the
 * Python file itself is never read.
 */
public enum ParameterFunction {
    /** Puts the pipeline into BASE_LOG_PATH; LOG_PATH stays what it is by default. */
    SET_LOG_URL("set_log_url") {
        @Override
        public void apply(String job, Map<String, String> parameters) {
            String pipeline = parameters.getOrDefault("ZUUL_PIPELINE", "");
            String change = parameters.get("ZUUL_CHANGE");
            String newrev = parameters.get("ZUUL_NEWREV");
            String base = pipeline;
            if (change != null) {
                base = String.join(
                        "/",
                        change.substring(Math.max(0, change.length() - 2)),
                        change,
                        parameters.getOrDefault("ZUUL_PATCHSET", ""),
                        pipeline);
            } else if (newrev != null) {
                base = String.join("/", newrev.substring(0, Math.min(2, newrev.length())), newrev, pipeline);
            }
            String uuid = parameters.getOrDefault("ZUUL_UUID", "");
            parameters.put("BASE_LOG_PATH", base);
            parameters.put("LOG_PATH", base + '/' + job + '/' + uuid.substring(0, Math.min(7, uuid.length())));
        }
    },

    /** As {@link #SET_LOG_URL}, and says that the node is not to be used again before it was renewed. */
    SINGLE_USE_NODE("single_use_node") {
        @Override
        public void apply(String job, Map<String, String> parameters) {
            SET_LOG_URL.apply(job, parameters);
            parameters.put(OFFLINE, "1");
        }
    },

    /** Takes back what {@link #SINGLE_USE_NODE} says of the node. */
    REUSABLE_NODE("reusable_node") {
        @Override
        public void apply(String job, Map<String, String> parameters) {
            parameters.remove(OFFLINE);
        }
    };

    private static final String OFFLINE = "OFFLINE_NODE_WHEN_COMPLETE";

    private final String function;

    ParameterFunction(String function) {
        this.function = function;
    }

    /** Its name in a layout. */
    public String function() {
        return function;
    }

    /** The function of that name in a layout; null when there is none. */
    @CheckForNull
    public static ParameterFunction named(String function) {
        for (ParameterFunction each : values()) {
            if (each.function.equals(function)) {
                return each;
            }
        }
        return null;
    }

    /**
     * Changes a build's parameters.
     *
     * @param job the job's name
     * @param parameters what Zuul passes to a build, ZUUL_UUID, ZUUL_PIPELINE and those of its change among them; changed
     *     in place
     */
    public abstract void apply(String job, Map<String, String> parameters);
}
