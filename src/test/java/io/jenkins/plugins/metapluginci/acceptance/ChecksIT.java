package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Node;
import org.junit.After;
import org.junit.Test;

/** Each check on a real node: it holds the node, says what it found, and lets it go once that is mended. */
public class ChecksIT {
    private final BareNode bare = BareNode.ready();
    private final Node node = bare.node();

    @After
    public void readyAgain() {
        bare.ask("recheck");
        bare.awaitPhase("READY");
    }

    private String held() {
        bare.ask("recheck");
        return bare.awaitPhase("HELD");
    }

    @Test
    public void tooLittleDisk() {
        bare.configure(form -> form.set("nodeCheckDisk", "900 TB"));
        try {
            assertThat(held()).contains("free disk", "at least 900000.0 GB are wanted");
        } finally {
            bare.configure(form -> form.set("nodeCheckDisk", "100 MB"));
        }
    }

    @Test
    public void devstackGateIsGone() {
        node.exec("mv /opt/devstack-gate /opt/away").ok();
        try {
            assertThat(held()).contains("devstack-gate", "/opt/devstack-gate is not there");
        } finally {
            node.exec("mv /opt/away /opt/devstack-gate").ok();
        }
    }

    @Test
    public void sudoAsksForAPassword() {
        node.exec("cp -p /usr/bin/sudo /opt/sudo && printf '#!/bin/sh\\nexit 1\\n' >/opt/none && chmod 755 /opt/none"
                        + " && cp /opt/none /usr/bin/sudo")
                .ok();
        try {
            assertThat(held()).contains("sudo", "NOPASSWD");
        } finally {
            node.exec("cp -p /opt/sudo /usr/bin/sudo").ok();
        }
    }

    /** The checks' own process sees another time: a JVM's timed waits do not stand libfaketime for long. */
    @Test
    public void theClockIsWrong() {
        try {
            clock("-20m");
            assertThat(held()).containsPattern("clock: (1199|1200)[.][0-9] s behind .*at most 5 s are allowed");
            clock("+20m");
            bare.ask("recheck");
            Await.until(
                    "the clock is ahead",
                    BareNode.LIMIT,
                    () -> String.valueOf(bare.json()),
                    () -> bare.reason().matches("(?s).*clock: (1199|1200)[.][0-9] s ahead .*"));
        } finally {
            node.exec("rm -f /usr/local/bin/date").ok();
        }
    }

    /** sshd's PATH, and with it the agent's, has this directory first. */
    private void clock(String skew) {
        node.exec("printf '#!/bin/sh\\nexec faketime -f %s /usr/bin/date \"$@\"\\n' " + skew
                        + " >/usr/local/bin/date && chmod 755 /usr/local/bin/date")
                .ok();
    }

    @Test
    public void anEarlierRunLeftSomethingRunning() {
        node.exec("mkdir -p /opt/stack/new; cd /opt/stack/new; setsid sleep 600 >/dev/null 2>&1 </dev/null &")
                .ok();
        try {
            assertThat(held()).contains("leftovers", "sleep");
        } finally {
            node.exec("pkill -x sleep; true").ok();
        }
    }
}
