package io.jenkins.plugins.metapluginci.acceptance;

import io.jenkins.plugins.metapluginci.testbed.Site;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/**
 * Tests of what happens to nodes. Every test has a node of its own, and they run side by side; what each must leave true
 * ({@link PoolNode#assertNeverDirty}) is read from the node's disk.
 */
abstract class OnNodes {
    static NodePool pool;

    @BeforeClass
    public static void openPool() {
        pool = new NodePool(Site.get());
    }

    @AfterClass
    public static void closePool() {
        if (pool != null) {
            pool.close();
        }
    }

    /** A test's steps with a node. */
    interface Steps {
        void with(PoolNode node) throws Exception;
    }

    static void onANode(Steps steps) throws Exception {
        on(pool.take(), steps);
    }

    static void on(PoolNode node, Steps steps) throws Exception {
        try {
            steps.with(node);
            node.assertNeverDirty();
        } finally {
            node.forgive();
            pool.giveBack(node);
        }
    }
}
