package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.AbstractProject;
import hudson.model.Hudson;
import hudson.model.Run;
import io.jenkins.plugins.metapluginci.logs.ConsoleListener;
import io.jenkins.plugins.metapluginci.logs.LogPublisher;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.logs.LogsResult;
import io.jenkins.plugins.metapluginci.scheduler.BuildEvents;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the record of each build of ours from its start to its end, on disk and, while it is open, in memory, and tells the
 * scheduler. Safe for any thread; writes wait for the disk, so no caller may hold a lock of the core.
 */
final class BuildRecords {
    private static final Logger LOGGER = Logger.getLogger(BuildRecords.class.getName());

    private final JsonStore<BuildRecord> store;
    private final BuildEvents events;
    /** Builds that started and whose end was not told yet, by uuid. */
    private final Map<String, BuildRecord> open = new ConcurrentHashMap<>();

    BuildRecords(JsonStore<BuildRecord> store, BuildEvents events) {
        this.store = store;
        this.events = events;
    }

    /** The uuids of the builds that started and whose end was not told yet. */
    Collection<String> open() {
        return List.copyOf(open.keySet());
    }

    /** The record of a build, at its newest; null when it has none that can be read. May wait for the disk. */
    @CheckForNull
    BuildRecord find(String uuid) {
        BuildRecord now = open.get(uuid);
        if (now != null) {
            return now;
        }
        try {
            return store.get(uuid);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record " + uuid + " cannot be read", e);
            return null;
        }
    }

    /** Whether a build has not been told of as ended. */
    boolean isOpen(String uuid) {
        return open.containsKey(uuid);
    }

    /** A build has an executor. Writes its first record, unless its uuid has one: such a build will be refused. */
    void started(Run<?, ?> run, GateParameters parameters, String node) {
        String uuid = parameters.getUuid();
        BuildRecord record = first(run, parameters, node);
        try {
            if (store.get(uuid) != null) {
                LOGGER.log(
                        Level.WARNING, "{0} carries the id of a build that started before: {1}", new Object[] {run, uuid
                        });
                return;
            }
            store.put(uuid, record);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record of " + run + " cannot be written", e);
            return;
        }
        open.put(uuid, record);
        if (!parameters.isByPerson()) {
            events.buildStarted(record);
        }
    }

    /** Why a build must not run; null when its record is on disk. */
    @CheckForNull
    String refusal(Run<?, ?> run, GateParameters parameters) {
        BuildRecord record = open.get(parameters.getUuid());
        if (record == null) {
            return Messages.BuildRecords_NoRecord();
        }
        return isOf(record, run) ? null : Messages.BuildRecords_Twice(parameters.getUuid());
    }

    /** Writes how the run step ended. */
    void ended(GateParameters parameters, Outcome outcome, @CheckForNull Integer status, @CheckForNull String reason) {
        change(parameters, record -> record.ended(System.currentTimeMillis(), outcome, status, reason));
    }

    /**
     * The build is final: its console is published, its record completed, the scheduler told. Returns at once.
     *
     * @param tree what became of its files; null when they were never published
     */
    void finalized(Run<?, ?> run, GateParameters parameters, @CheckForNull LogsResult tree) {
        BuildRecord record = open.get(parameters.getUuid());
        if (record == null) {
            // Never written, or of an earlier build: nothing was run either way.
            record = first(run, parameters, "");
            if (isKnown(parameters)) {
                return;
            }
            open.put(parameters.getUuid(), record);
        } else if (!isOf(record, run)) {
            return;
        }
        if (record.outcome() == null) {
            ended(parameters, Outcome.INFRASTRUCTURE, null, Messages.BuildRecords_NoOutcome());
        }
        LogsResult files = tree != null ? tree : LogsResult.missing(Messages.BuildRecords_NoLogs(), List.of());
        LogRoom.publisher()
                .publishConsole(run, parameters.getLogPath(), server(run), files)
                .thenAccept(logs -> close(parameters, logs));
    }

    /**
     * The build of a job that is not ours is final. Its console is published if the job has our publisher; else nobody
     * expects logs of it. Returns at once.
     */
    void finalizedOther(Run<?, ?> run, GateParameters parameters) {
        CompletableFuture<LogsResult> console = ConsoleListener.publish(run);
        BuildRecord record = open.get(parameters.getUuid());
        if (record == null || !isOf(record, run)) {
            // A second build of one uuid, which only somebody who copies queue items can make: it says nothing.
            return;
        }
        if (record.outcome() == null) {
            ended(parameters, Outcome.INFRASTRUCTURE, null, Messages.BuildRecords_NoOutcome());
        }
        if (console != null) {
            console.thenAccept(logs -> close(parameters, logs));
        } else {
            boolean owed = run.getParent() instanceof AbstractProject<?, ?> project
                    && project.getPublishersList().get(LogPublisher.class) != null;
            close(parameters, owed ? Logs.MISSING : Logs.NONE, owed ? Messages.BuildRecords_NoLogs() : null, null);
        }
    }

    /** The record of a build that Jenkins deleted is of no more use. */
    void deleted(Run<?, ?> run, GateParameters parameters) {
        try {
            BuildRecord record = store.get(parameters.getUuid());
            if (record != null && isOf(record, run)) {
                store.remove(parameters.getUuid());
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record of " + run + " cannot be removed", e);
        }
    }

    private void close(GateParameters parameters, LogsResult logs) {
        Logs state = logs.published() ? Logs.PUBLISHED : logs.late() ? Logs.LATE : Logs.MISSING;
        close(parameters, state, logs.problem(), logs.url());
    }

    private void close(GateParameters parameters, Logs logs, @CheckForNull String problem, @CheckForNull String url) {
        change(parameters, record -> record.withLogs(logs, problem, url));
        BuildRecord last = open.get(parameters.getUuid());
        if (last != null && !parameters.isByPerson()) {
            events.buildFinished(last);
        }
        // Only now: until the scheduler knows the end, the build counts as alive.
        open.remove(parameters.getUuid());
    }

    /** What cannot be written is kept in memory and told all the same. */
    private void change(GateParameters parameters, UnaryOperator<BuildRecord> change) {
        BuildRecord record = open.computeIfPresent(parameters.getUuid(), (uuid, before) -> change.apply(before));
        if (record == null) {
            return;
        }
        try {
            store.put(parameters.getUuid(), record);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record " + parameters.getUuid() + " cannot be written", e);
        }
    }

    private boolean isKnown(GateParameters parameters) {
        try {
            return store.get(parameters.getUuid()) != null;
        } catch (IOException e) {
            return false;
        }
    }

    @CheckForNull
    private static String server(Run<?, ?> run) {
        return run instanceof DevstackGateBuild build ? build.logServer() : null;
    }

    private static boolean isOf(BuildRecord record, Run<?, ?> run) {
        return record.number() == run.getNumber()
                && record.job().equals(run.getParent().getFullName());
    }

    private static BuildRecord first(Run<?, ?> run, GateParameters parameters, String node) {
        String root = Hudson.getInstance().getRootUrl();
        return new BuildRecord(
                parameters.getUuid(),
                run.getParent().getFullName(),
                run.getNumber(),
                root == null ? null : root + run.getUrl(),
                node,
                parameters.getLogPath(),
                System.currentTimeMillis(),
                0,
                null,
                null,
                null,
                Logs.PENDING,
                null,
                null);
    }
}
