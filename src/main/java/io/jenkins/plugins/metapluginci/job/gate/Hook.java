package io.jenkins.plugins.metapluginci.job.gate;

/** The functions that devstack-gate calls when the job exports them (devstack-vm-gate-wrap.sh finds them with {@code type}). */
public enum Hook {
    /** After the source trees are there, before devstack. */
    PRE_TEST("pre_test_hook"),
    /** Instead of devstack-gate's own run of devstack and tempest. */
    GATE("gate_hook"),
    /** After a gate hook that ended with 0; its status becomes the run's. */
    POST_TEST("post_test_hook");

    private final String function;

    Hook(String function) {
        this.function = function;
    }

    /** The name of the bash function. */
    public String function() {
        return function;
    }
}
