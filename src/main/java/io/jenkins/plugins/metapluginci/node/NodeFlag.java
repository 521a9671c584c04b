package io.jenkins.plugins.metapluginci.node;

/**
 * The core's offline flag of one node, which shows to people what the node's record says. A flag that a person set is left
 * alone, and so stays when ours would be cleared; one of ours that a person clears is set again while the record's reason
 * lasts.
 *
 * <p>Threads: any; the monitor of this object orders who sets and who clears. The queue and pages never wait for it.
 */
final class NodeFlag {
    private final String node;
    private final Machine machine;
    private final NodeContext.Records records;

    NodeFlag(String node, Machine machine, NodeContext.Records records) {
        this.node = node;
        this.machine = machine;
        this.records = records;
    }

    /** Sees to it that the core shows what the record says. */
    synchronized void ensure() {
        NodeRecord record = records.get();
        if (record == null || record.isReady()) {
            return;
        }
        if (record.takesPlain()) {
            if (record.offlineByUs()) {
                clear();
                records.apply(new NodeEvent.Offline(false));
            }
            return;
        }
        switch (machine.offline(node)) {
            case NONE -> {
                // Recorded first: a flag that nobody remembers would stay for ever.
                if (!record.offlineByUs()) {
                    records.apply(new NodeEvent.Offline(true));
                }
                machine.setOffline(node, record.reason());
            }
            case OTHER -> {
                if (record.offlineByUs()) {
                    records.apply(new NodeEvent.Offline(false));
                }
            }
            case UNKNOWN -> {
                // The core has overwritten the cause: what the record says holds, and is shown again.
                if (record.offlineByUs()) {
                    machine.setOffline(node, record.reason());
                }
            }
            default -> {
                // A cause of ours does not make a flag ours: 1.395 shows it for our disconnecting too.
            }
        }
    }

    /** The checks were passed: the flag goes with its reason. */
    synchronized void ready() {
        NodeRecord record = records.get();
        if (record != null && record.phase() == NodePhase.CHECKING) {
            if (record.offlineByUs()) {
                clear();
            }
            records.apply(new NodeEvent.Checked(null));
        }
    }

    private void clear() {
        Machine.Offline flag = machine.offline(node);
        if (flag == Machine.Offline.OURS || flag == Machine.Offline.UNKNOWN) {
            machine.clearOffline(node);
        }
    }
}
