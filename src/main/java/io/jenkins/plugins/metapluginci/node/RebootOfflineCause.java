package io.jenkins.plugins.metapluginci.node;

import hudson.slaves.OfflineCause;
import org.kohsuke.stapler.export.Exported;

/**
 * What the core shows of a node that is offline for its reboot. Current cores keep it in the node's own file: it holds two
 * short texts and never a computer or a build.
 */
public final class RebootOfflineCause extends OfflineCause {
    private final String node;
    private final String reason;

    /** @param reason shown when the node's record cannot be had */
    public RebootOfflineCause(String node, String reason) {
        this.node = node;
        this.reason = reason;
    }

    /** Why the node is offline at this moment, for people. */
    @Exported
    public String getReason() {
        NodeLifecycle lifecycle = Nodes.lifecycle();
        NodeRecord record = lifecycle == null ? null : lifecycle.record(node);
        return record == null || record.isReady()
                ? Messages.RebootOfflineCause_Text("", reason)
                : Messages.RebootOfflineCause_Text(record.phase() + ": ", record.reason());
    }

    @Override
    public String toString() {
        return getReason();
    }
}
