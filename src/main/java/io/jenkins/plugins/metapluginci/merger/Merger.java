package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Merges patchsets onto their branches, in mirrors of Gerrit's repositories, so that nodes can fetch what Gerrit would have
 * after the submission. No method waits for network or disk; any thread may call.
 */
public final class Merger implements AutoCloseable {
    private final Path mirrors;
    private final SshConnector connector;
    private volatile MergerSettings settings;

    /**
     * Does nothing yet, and fails every request until {@link #reconfigure}.
     *
     * @param mirrors directory of the mirrors, made when missing; nobody else writes there
     * @param connector stays the caller's
     */
    public Merger(Path mirrors, SshConnector connector) {
        this.mirrors = mirrors;
        this.connector = connector;
    }

    /** Takes new settings; requests under way end with the old ones. @param wanted null when there is no Gerrit */
    public void reconfigure(@CheckForNull MergerSettings wanted) {
        settings = wanted;
    }

    /**
     * Merges the items of a request, in their order.
     *
     * @return completes on a thread of this room, never exceptionally; {@link MergeResult.Failed} also when the request was
     *     {@link #forget forgotten} meanwhile or this was closed
     */
    public CompletableFuture<MergeResult> merge(MergeRequest request) {
        return CompletableFuture.completedFuture(
                new MergeResult.Failed("The mirrors in " + mirrors + " are not up yet."));
    }

    /**
     * Brings a project's mirror up to date with Gerrit: all branches, gone ones removed.
     *
     * @return completes on a thread of this room; with an {@link java.io.IOException} when it could not be done
     */
    public CompletableFuture<Void> update(String project) {
        return CompletableFuture.failedFuture(new java.io.IOException(connector + " is not used yet for " + project));
    }

    /** The refs of a request are of no more use: no longer served from now on, soon deleted. A request under way ends. */
    public void forget(String uuid) {
        keepOnly(List.of(uuid));
    }

    /** Called once after a start: the refs of these requests are served again, all others deleted. */
    public void keepOnly(Collection<String> uuids) {
        uuids.size();
    }

    /** How it goes. */
    public MergerState state() {
        return new MergerState(List.of(), 0, settings == null ? 0 : 1);
    }

    /** Ends what is under way, its requests as {@link MergeResult.Failed}; refs and mirrors stay. */
    @Override
    public void close() {
        settings = null;
    }
}
