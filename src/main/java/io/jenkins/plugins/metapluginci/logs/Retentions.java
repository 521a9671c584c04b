package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Removes old runs from every log server that says so, one server after the other, and remembers how that went. Safe for any thread. */
final class Retentions implements Runnable {
    /** System property: how often, milliseconds. */
    static final String EVERY = LogSettings.PREFIX + "logRetentionMs";

    /** Unless told otherwise: four times a day. */
    static final long EVERY_MS = 21_600_000;

    private static final Logger LOGGER = Logger.getLogger(Retentions.class.getName());

    private final Publications publications;
    private final Supplier<LogSettings> settings;
    private final Map<String, LogsView.Retention> last = new ConcurrentHashMap<>();

    Retentions(Publications publications, Supplier<LogSettings> settings) {
        this.publications = publications;
        this.settings = settings;
    }

    /** Looks at all servers. Takes as long as they do. */
    @Override
    public void run() {
        for (LogServer each : settings.get().servers()) {
            if (Retention.isOn(each) && !Thread.currentThread().isInterrupted()) {
                try {
                    run(each);
                } catch (RuntimeException e) {
                    LOGGER.log(Level.WARNING, "Cannot remove old logs from " + each.name(), e);
                }
            }
        }
    }

    private void run(LogServer server) {
        LogsView.Retention before = last.get(server.name());
        last.put(
                server.name(),
                before == null
                        ? new LogsView.Retention(true, 0, 0, 0, null)
                        : new LogsView.Retention(
                                true, before.at(), before.removed(), before.bytes(), before.problem()));
        Retention[] retention = {null};
        String problem = null;
        Set<String> busy = publications.places();
        try {
            publications.call(server, new LogConnections.Cancellation(), files -> {
                retention[0] = new Retention(files, server, busy);
                retention[0].run(System.currentTimeMillis());
                return null;
            });
        } catch (LogException e) {
            problem = e.detail();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "the controller stops";
        } finally {
            int removed = retention[0] == null ? 0 : retention[0].removed();
            long bytes = retention[0] == null ? 0 : retention[0].bytes();
            last.put(server.name(), new LogsView.Retention(false, System.currentTimeMillis(), removed, bytes, problem));
            LOGGER.log(
                    removed > 0 || problem != null ? Level.INFO : Level.FINE,
                    "Old logs on {0}: {1} runs removed{2}",
                    new Object[] {server.name(), removed, problem == null ? "" : ", then: " + problem});
        }
    }

    /** How it last went; null where nothing is removed. */
    @CheckForNull
    LogsView.Retention view(LogServer server) {
        return Retention.isOn(server)
                ? last.getOrDefault(server.name(), new LogsView.Retention(false, 0, 0, 0, null))
                : null;
    }
}
