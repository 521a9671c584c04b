package io.jenkins.plugins.metapluginci;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.config.MetapluginCiSettings;
import io.jenkins.plugins.metapluginci.config.NodeAddress;
import io.jenkins.plugins.metapluginci.merger.Bundles;
import io.jenkins.plugins.metapluginci.merger.MergeItem;
import io.jenkins.plugins.metapluginci.merger.MergeRequest;
import io.jenkins.plugins.metapluginci.merger.MergeResult;
import io.jenkins.plugins.metapluginci.merger.Merger;
import io.jenkins.plugins.metapluginci.merger.MergerSettings;
import io.jenkins.plugins.metapluginci.merger.MirrorState;
import io.jenkins.plugins.metapluginci.merger.RefServer;
import io.jenkins.plugins.metapluginci.scheduler.Change;
import io.jenkins.plugins.metapluginci.scheduler.MergeService;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Joins the scheduler and the merger, and has the results served to nodes. While they cannot be, {@link #problem} says why, it is
 * tried again every ten seconds, and nothing should be launched: a build that finds nothing to fetch looks like one that failed.
 */
final class MergeLink implements MergeService, AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(MergeLink.class.getName());
    private static final long RETRY_SECONDS = 10;

    private final Merger merger;
    private final RefServer server;
    private final Runnable changed;
    private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "Metaplugin CI git port");
        made.setDaemon(true);
        made.setContextClassLoader(MergeLink.class.getClassLoader());
        return made;
    });

    /** Guards which settings the port is opened with. */
    private final Object port = new Object();

    @CheckForNull
    private MetapluginCiSettings wanted;

    private volatile String zuulUrl = "";

    @CheckForNull
    private volatile String problem = "Merges are not served yet.";

    /**
     * @param mirrors where the merger keeps its repositories
     * @param connector stays the caller's
     * @param changed called when {@link #zuulUrl} changed by itself
     * @param lost gets the uuids of items whose merged refs are gone
     */
    MergeLink(Path mirrors, SshConnector connector, Runnable changed, Consumer<Collection<String>> lost) {
        this.changed = changed;
        merger = new Merger(mirrors, connector);
        merger.onLost(lost);
        server = new RefServer(merger);
        retries.scheduleWithFixedDelay(this::retry, RETRY_SECONDS, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    /** Takes new settings; returns at once. */
    void configure(MetapluginCiSettings settings) {
        SshTarget gerrit = settings.gerrit();
        merger.reconfigure(gerrit == null ? null : new MergerSettings(settings.gitName(), settings.gitEmail(), gerrit));
        synchronized (port) {
            wanted = settings;
            listen(settings);
        }
    }

    private void retry() {
        boolean mended;
        synchronized (port) {
            MetapluginCiSettings settings = wanted;
            if (settings == null || problem == null) {
                return;
            }
            listen(settings);
            mended = problem == null;
        }
        if (mended) {
            LOGGER.log(Level.INFO, "Merges are served at {0}", zuulUrl);
            changed.run();
        }
    }

    /** Without a Gerrit there is nothing to serve, and no port is taken. */
    private void listen(MetapluginCiSettings settings) {
        if (settings.gerrit() == null) {
            server.close();
            zuulUrl = "";
            problem = null;
            return;
        }
        String host = NodeAddress.host(settings);
        if (host == null) {
            fails("Nodes cannot find this controller: neither Jenkins' configuration nor this page gives its URL.");
            return;
        }
        try {
            server.start(settings.gitAddress(), settings.gitPort());
            zuulUrl = server.url(host);
            problem = null;
        } catch (IOException e) {
            fails(e.getMessage());
        }
    }

    private void fails(String why) {
        if (!why.equals(problem)) {
            LOGGER.log(Level.WARNING, "No build is launched: {0}", why);
        }
        problem = why;
    }

    /** {@code ZUUL_URL}: where nodes fetch merges; empty while they are not served. */
    String zuulUrl() {
        return zuulUrl;
    }

    /** The branches of the mirrors, for nodes that are prepared. */
    Bundles bundles() {
        return merger.bundles();
    }

    /** How the mirrors do, by name. */
    List<MirrorState> mirrors() {
        return merger.state().mirrors();
    }

    /** Why nodes cannot fetch merges, for people; null when they can. */
    @CheckForNull
    String problem() {
        return problem;
    }

    @Override
    public void merge(Request request, Consumer<Result> result) {
        MergeRequest asked = new MergeRequest(
                request.uuid(), request.steps().stream().map(MergeLink::item).toList());
        merger.merge(asked)
                .whenComplete((answer, trouble) ->
                        result.accept(answer == null ? new Failed(String.valueOf(trouble)) : result(answer)));
    }

    private static MergeItem item(Step step) {
        Change change = step.change();
        return new MergeItem(
                change.project(),
                change.branch(),
                change.number(),
                change.patchset(),
                change.ref(),
                change.revision(),
                MergeItem.Mode.valueOf(step.mode().name()));
    }

    private static Result result(MergeResult result) {
        if (result instanceof MergeResult.Merged merged) {
            return new Merged(merged.zuulRef(), merged.commit());
        } else if (result instanceof MergeResult.Conflict conflict) {
            return new Conflict(conflict.item().id() + ": " + conflict.detail());
        } else if (result instanceof MergeResult.Unmergeable never) {
            return new Unmergeable(never.item().id() + ": " + never.reason());
        } else if (result instanceof MergeResult.Failed failed) {
            return new Failed(failed.reason());
        }
        throw new IllegalArgumentException("not a merge's result: " + result);
    }

    @Override
    public void update(Change ref, Consumer<Result> result) {
        merger.update(ref.project())
                .whenComplete((done, trouble) -> result.accept(
                        trouble == null
                                ? new Merged(ref.ref(), String.valueOf(ref.revision()))
                                : new Failed(
                                        trouble.getMessage() == null ? trouble.toString() : trouble.getMessage())));
    }

    @Override
    public void forget(String uuid) {
        merger.forget(uuid);
    }

    @Override
    public void keepOnly(Map<String, Set<String>> kept) {
        merger.keepOnly(kept);
    }

    @Override
    public void close() {
        retries.shutdownNow();
        server.close();
        merger.close();
    }
}
