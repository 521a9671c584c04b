package io.jenkins.plugins.metapluginci.logs;

import com.google.gson.JsonObject;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/** Sends what a run still owes to its log server, step by step; each step that is done is written down. Used once, by one thread. */
final class RunSending {
    /** Beside a run's logs: says that the directory is a run of ours, for who removes old ones. */
    static final String MARKER = ".metaplugin-ci-run";

    private final PublishHome home;
    private final RunState state;
    private final SpooledRun spooled;
    private final Predicate<Runnable> change;

    /**
     * @param state of which nobody else changes what is to be sent meanwhile
     * @param change runs a change of the state under the monitor that guards it, and writes it down; tells
     *     whether that went well
     */
    RunSending(PublishHome home, RunState state, SpooledRun spooled, Predicate<Runnable> change) {
        this.home = home;
        this.state = state;
        this.spooled = spooled;
        this.change = change;
    }

    /** @throws LogException of the server, or because what is spooled cannot be used */
    void run(ServerFiles files) throws LogException, InterruptedException {
        if (state.owesTree() && spooled.treeBytes() == 0) {
            change.test(() -> {
                state.tree = RunState.Tree.LOST;
                state.words = LogProblem.INTERNAL.words();
                state.remark("The controller's copy of the logs is gone from its disk.");
            });
        }
        if (state.owesTree()) {
            tree(files);
        }
        if (state.owesPages()) {
            pages(files);
        }
    }

    private void tree(ServerFiles files) throws LogException {
        LogSettings settings = home.settings().get();
        SpooledTree tree;
        try {
            NodeScript script =
                    NodeScript.of(state.sources, settings.limits(), Duration.ofMillis(settings.deadlineMs()));
            tree = new SpooledTree(spooled.tree(), script, settings.limits());
        } catch (IllegalArgumentException | IOException e) {
            throw new LogException(LogProblem.INTERNAL, e.getMessage(), e);
        }
        PublishNotes sent = state.tree == RunState.Tree.WHOLE ? whole(files, tree) : null;
        boolean whole = sent != null;
        PublishNotes notes = whole ? sent : tree.beginning(files.tree(state.destination, state.token()));
        spooled.list(notes.listing());
        boolean written = change.test(() -> {
            state.tree = whole ? RunState.Tree.SENT : RunState.Tree.PART_SENT;
            state.words = whole ? null : state.words;
            state.published(notes);
            state.pagesSent = false;
        });
        if (written) {
            spooled.dropTree();
        }
    }

    /** @return null when the disk spoilt the copy: then what can be read of it is to be sent */
    @CheckForNull
    private PublishNotes whole(ServerFiles files, SpooledTree tree) throws LogException {
        try {
            return tree.whole(files.tree(state.destination, state.token()));
        } catch (LogException e) {
            if (!e.problem().isOfNode()) {
                throw e;
            }
            change.test(() -> {
                state.tree = RunState.Tree.PART;
                state.words = e.problem().words();
            });
            return null;
        }
    }

    private void pages(ServerFiles files) throws LogException, InterruptedException {
        LogServer server = Objects.requireNonNull(home.settings().get().server(state.server), "server");
        LogDestination place = LogDestination.of(state.destination);
        files.makeDirectories(state.destination);
        if (state.facts != null) {
            home.pages()
                    .write(
                            state.job + "#" + state.number,
                            files,
                            server,
                            place,
                            state.facts,
                            state.logs(spooled.listed()),
                            spooled.console(state.console));
        }
        mark(files);
        change.test(() -> state.pagesSent = true);
    }

    private void mark(ServerFiles files) throws LogException {
        JsonObject marker = new JsonObject();
        marker.addProperty("format", 1);
        marker.addProperty("id", state.id);
        marker.addProperty("run", state.run);
        marker.addProperty("ended", state.facts == null ? state.begunAt : state.facts.endedMs());
        marker.addProperty("bytes", state.bytes);
        files.write(state.destination + "/" + MARKER, marker.toString().getBytes(StandardCharsets.UTF_8));
    }
}
