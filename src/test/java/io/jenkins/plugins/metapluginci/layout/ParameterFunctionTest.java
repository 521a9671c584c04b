package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.Test;

/** The parameter functions that need no Python. */
public class ParameterFunctionTest {
    private static final String UUID = "bf0f21577026492a985ca98a9ea14cc1";

    private static Map<String, String> applied(ParameterFunction function, Map<String, String> parameters) {
        Map<String, String> all = new HashMap<>(parameters);
        function.apply("gate-x", all);
        return all;
    }

    @Test
    public void logPathsOfAChange() {
        Map<String, String> given = Map.of(
                "ZUUL_CHANGE",
                "60105",
                "ZUUL_PATCHSET",
                "3",
                "ZUUL_PIPELINE",
                "check",
                "ZUUL_UUID",
                UUID,
                "OTHER",
                "kept");
        assertThat(applied(ParameterFunction.SET_LOG_URL, given))
                .containsEntry("BASE_LOG_PATH", "05/60105/3/check")
                .containsEntry("LOG_PATH", "05/60105/3/check/gate-x/bf0f215")
                .containsEntry("OTHER", "kept")
                .hasSize(7);
        assertThat(applied(
                        ParameterFunction.SET_LOG_URL,
                        Map.of("ZUUL_CHANGE", "7", "ZUUL_PATCHSET", "1", "ZUUL_PIPELINE", "check", "ZUUL_UUID", UUID)))
                .containsEntry("BASE_LOG_PATH", "7/7/1/check");
    }

    @Test
    public void logPathsOfARefAndOfNeither() {
        String newrev = "d479a0bfcb34da77a31adb2a595c0cf687812543";
        assertThat(applied(
                        ParameterFunction.SET_LOG_URL,
                        Map.of("ZUUL_NEWREV", newrev, "ZUUL_PIPELINE", "post", "ZUUL_UUID", UUID)))
                .containsEntry("BASE_LOG_PATH", "d4/" + newrev + "/post")
                .containsEntry("LOG_PATH", "d4/" + newrev + "/post/gate-x/bf0f215");
        assertThat(applied(ParameterFunction.SET_LOG_URL, Map.of("ZUUL_PIPELINE", "periodic", "ZUUL_UUID", UUID)))
                .containsEntry("BASE_LOG_PATH", "periodic")
                .containsEntry("LOG_PATH", "periodic/gate-x/bf0f215");
    }

    @Test
    public void nodes() {
        Map<String, String> given =
                Map.of("ZUUL_CHANGE", "60105", "ZUUL_PATCHSET", "3", "ZUUL_PIPELINE", "check", "ZUUL_UUID", UUID);
        Map<String, String> once = applied(ParameterFunction.SINGLE_USE_NODE, given);
        assertThat(once)
                .containsEntry("OFFLINE_NODE_WHEN_COMPLETE", "1")
                .containsEntry("BASE_LOG_PATH", "05/60105/3/check");
        assertThat(applied(ParameterFunction.REUSABLE_NODE, once)).doesNotContainKey("OFFLINE_NODE_WHEN_COMPLETE");
        assertThat(applied(ParameterFunction.REUSABLE_NODE, given)).isEqualTo(given);
    }

    @Test
    public void names() {
        assertThat(ParameterFunction.named("set_log_url")).isEqualTo(ParameterFunction.SET_LOG_URL);
        assertThat(ParameterFunction.named("single_use_node")).isEqualTo(ParameterFunction.SINGLE_USE_NODE);
        assertThat(ParameterFunction.named("reusable_node")).isEqualTo(ParameterFunction.REUSABLE_NODE);
        assertThat(ParameterFunction.named("devstack_params")).isNull();
        assertThat(ParameterFunction.SINGLE_USE_NODE.function()).isEqualTo("single_use_node");
    }
}
