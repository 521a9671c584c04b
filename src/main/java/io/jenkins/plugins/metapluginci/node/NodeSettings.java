package io.jenkins.plugins.metapluginci.node;

import java.util.Map;
import java.util.function.Function;

/**
 * What the operator chose for the life of nodes. Immutable.
 *
 * @param drainMs how long other builds on the node may go on after ours is final, milliseconds
 * @param rebootMs from the reboot command until the node counts as failed, milliseconds
 * @param attempts how often the reboot command is sent before the node counts as failed
 * @param rebootCommand what reboots a node whose job says nothing else
 * @param holdMs how long a node is held unless the person who holds it says otherwise, milliseconds
 */
public record NodeSettings(
        long drainMs,
        long rebootMs,
        int attempts,
        String rebootCommand,
        long holdMs,
        CheckSettings checks,
        PrepareSettings prepare) {

    /** Prefix of the system properties, each the name of a {@link NodeField}, that go before what is saved. */
    public static final String PREFIX = "metaplugin-ci.";

    /** What holds where nobody chose anything. */
    public static NodeSettings defaults() {
        return of(Map.of());
    }

    /**
     * Reads saved texts. A field that is missing or cannot be read has its default; a system property goes before both.
     *
     * @param texts by {@link NodeField#key}
     */
    public static NodeSettings of(Map<String, String> texts) {
        Function<NodeField, String> value = field -> {
            String forced = System.getProperty(PREFIX + field.key());
            if (forced != null && field.problem(forced) == null) {
                return forced;
            }
            String saved = texts.get(field.key());
            return saved == null || field.problem(saved) != null ? field.otherwise() : saved;
        };
        return new NodeSettings(
                Units.millis(value.apply(NodeField.DRAIN)),
                Units.millis(value.apply(NodeField.REBOOT_TIME)),
                Integer.parseInt(value.apply(NodeField.ATTEMPTS)),
                value.apply(NodeField.REBOOT_COMMAND),
                Units.millis(value.apply(NodeField.HOLD)),
                checks(value),
                prepare(value));
    }

    private static CheckSettings checks(Function<NodeField, String> value) {
        return new CheckSettings(
                flag(value, NodeField.CHECK_SUDO),
                flag(value, NodeField.CHECK_GIT),
                flag(value, NodeField.CHECK_JAVA),
                value.apply(NodeField.CHECK_GATE),
                Units.bytes(value.apply(NodeField.CHECK_DISK)),
                Units.bytes(value.apply(NodeField.CHECK_MEMORY)),
                Units.millis(value.apply(NodeField.CHECK_SKEW)),
                flag(value, NodeField.CHECK_LEFTOVERS));
    }

    private static PrepareSettings prepare(Function<NodeField, String> value) {
        return new PrepareSettings(
                Units.millis(value.apply(NodeField.PREPARE_TIME)),
                value.apply(NodeField.MIRROR),
                NodeField.words(value.apply(NodeField.PACKAGES)),
                value.apply(NodeField.AUTHORIZED_KEY),
                value.apply(NodeField.GATE_PROJECT),
                value.apply(NodeField.GATE_COMMIT),
                NodeField.words(value.apply(NodeField.PROJECTS)));
    }

    private static boolean flag(Function<NodeField, String> value, NodeField field) {
        return Boolean.parseBoolean(value.apply(field));
    }
}
