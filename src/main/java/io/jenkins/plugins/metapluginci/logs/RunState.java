package io.jenkins.plugins.metapluginci.logs;

import com.google.gson.Gson;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.List;

/**
 * What must survive a kill of one run's publication, as it is in {@code logs/runs/ID.json}. Guarded by the monitor of its
 * {@link Publication}; what is on disk may be a step behind, never ahead.
 */
final class RunState {
    private static final Gson GSON = new Gson();

    /** What became of the run's files. */
    enum Tree {
        /** The node was not read. */
        NONE,
        /** It is being read; after a restart the spool holds what came. */
        READING,
        /** The spool holds the beginning alone. */
        PART,
        /** The spool holds all of it. */
        WHOLE,
        /** The log server has all of it. */
        SENT,
        /** The log server has what came. */
        PART_SENT,
        /** There was no room. */
        LOST
    }

    /** Also the name of its directory in the spool. */
    String id = "";
    /** For people. */
    String run = "";

    String job = "";
    int number;
    /** As the job names it: empty for the first. */
    String server = "";

    String destination = "";
    /** What its pages say; null until that is known. */
    @CheckForNull
    RunFacts facts;
    /** The console on the controller's disk, absolute; empty when it is not known. */
    String console = "";
    /** What to read on the node when nobody could do so in time; empty while there is nothing of the run there. */
    List<LogSource> sources = new ArrayList<>();

    long begunAt;
    Tree tree = Tree.NONE;
    /** How often the node was read: another reading is other content. */
    int readings;
    /** Why files are missing for good, for the public; null while nothing is wrong. */
    @CheckForNull
    String words;
    /** Why they are not at the server yet, for the public; null while nothing is wrong. */
    @CheckForNull
    String waits;
    /** Whether the node should be read when it is back. */
    boolean rescue;
    /** Whether the build has ended: then its pages are due. */
    boolean finished;

    boolean pagesSent;
    int files;
    long bytes;
    /** What was left out or renamed. */
    List<String> notes = new ArrayList<>();
    /** What happened to the publication, for its index. */
    List<String> remarks = new ArrayList<>();

    int tries;
    /** When it is tried again, epoch milliseconds; 0 when it is not waiting. */
    long nextAt;
    /** Of the last try, for administrators; null when there was none. */
    @CheckForNull
    String problem;
    /** Since when it waits, epoch milliseconds. */
    long since;

    /** As it is now. */
    RunState copy() {
        return GSON.fromJson(GSON.toJsonTree(this), RunState.class);
    }

    /** Whether the spool has files that the server has not. */
    boolean owesTree() {
        return tree == Tree.WHOLE || tree == Tree.PART;
    }

    boolean owesPages() {
        return finished && !pagesSent;
    }

    /** Whether nothing is to be sent any more. */
    boolean isSettled() {
        return finished && pagesSent && !owesTree() && tree != Tree.READING;
    }

    /** Names what is sent: the same name promises the same content. */
    String token() {
        return id + "-" + readings + (tree == Tree.PART ? "-part" : "");
    }

    void remark(String text) {
        if (!remarks.contains(text) && remarks.size() < 20) {
            remarks.add(text);
        }
    }

    /** The node is about to be read. @param again whether what was published is to be replaced */
    void reads(List<LogSource> from, boolean again) {
        readings++;
        sources = new ArrayList<>(from);
        rescue &= again;
        tree = again ? tree : Tree.READING;
    }

    /** The node was read. @param spooled whether the spool has all that came. @param some whether anything came */
    void read(NodeReading reading, boolean spooled, boolean some) {
        LogException node = reading.nodeProblem();
        LogException server = reading.serverProblem();
        pagesSent = false;
        waits = server == null ? null : server.problem().words();
        problem = detail(node != null ? node : server);
        if (reading.isPublished()) {
            tree = Tree.SENT;
            words = null;
            published(reading.notes());
            return;
        }
        boolean whole = node == null && spooled;
        tree = whole ? Tree.WHOLE : some ? Tree.PART : Tree.NONE;
        notes = new ArrayList<>(reading.notes().toList());
        words = node != null ? node.problem().words() : whole ? null : LogProblem.NO_ROOM.words();
        rescue = !whole;
        if (node == null && !whole) {
            remark(
                    "There was no room on the controller: only the first files could be kept while the server was away.");
        }
    }

    /** There is nothing of the node. */
    void lost(LogException why) {
        words = why.problem().words();
        rescue = why.problem().isOfNode();
        tree = tree == Tree.READING ? Tree.NONE : tree;
        problem = detail(why);
    }

    /** The build has ended without coming to publish files. */
    void never(String why) {
        if (tree == Tree.NONE && words == null) {
            words = why;
            rescue = !sources.isEmpty();
        }
    }

    /** A try has failed. @param next when there will be another, epoch milliseconds */
    void failed(LogException why, long now, long next) {
        since = tries == 0 ? now : since;
        tries++;
        nextAt = next;
        waits = why.problem().words();
        problem = detail(why);
    }

    /** A try went well. */
    void succeeded() {
        tries = 0;
        nextAt = 0;
        since = 0;
        waits = null;
        problem = null;
    }

    @CheckForNull
    private static String detail(@CheckForNull LogException e) {
        return e == null ? null : e.detail();
    }

    /** The controller stopped and has started again. @param spooled what the spool has of the node, bytes */
    void restarted(long spooled, long now) {
        if (tree == Tree.READING) {
            tree = spooled > 0 ? Tree.PART : Tree.NONE;
            words = LogProblem.CUT.words();
            rescue = true;
            remark("The controller stopped while the node was read.");
        }
        if (!finished) {
            boolean whole = tree == Tree.SENT || tree == Tree.WHOLE;
            finished = true;
            rescue = !whole && !sources.isEmpty();
            words = whole ? null : LogProblem.CUT.words();
            remark(
                    "The controller stopped while this run went on. Where it counts for a report, it is run again under an"
                            + " address of its own.");
            facts = facts == null ? null : facts.ended("INTERRUPTED", now);
        }
        nextAt = 0;
    }

    void published(PublishNotes published) {
        files = published.files();
        bytes = published.bytes();
        notes = new ArrayList<>(published.toList());
    }

    /** For the run's index. @param listing of the files at the server */
    RunLogs logs(List<RunLogs.File> listing) {
        List<String> all = new ArrayList<>(remarks);
        all.addAll(notes);
        String why = words == null ? LogProblem.INTERNAL.words() : words;
        return switch (tree) {
            case SENT -> RunLogs.published(listing, all);
            case PART_SENT -> new RunLogs(RunLogs.State.PUBLISHED, listing, all, why);
            case READING, WHOLE, PART -> RunLogs.waiting(waits, all);
            case NONE, LOST -> words == null ? RunLogs.published(List.of(), all) : RunLogs.missing(why, all);
        };
    }

    /** What to tell of it. */
    LogsResult result() {
        if (words != null) {
            return LogsResult.missing(words, notes);
        }
        if (tree == Tree.READING || owesTree() || owesPages()) {
            return LogsResult.late(waits == null ? LogProblem.LATE.words() : waits, files, bytes, notes);
        }
        return LogsResult.published(files, bytes, notes);
    }

    /** How far it is. @param sending whether it is being sent just now */
    PublicationView.State phase(boolean sending) {
        if (sending) {
            return PublicationView.State.SENDING;
        }
        if (tree == Tree.READING) {
            return PublicationView.State.READING;
        }
        return owesTree() || owesPages() ? PublicationView.State.SPOOLED : PublicationView.State.WAITING;
    }

    /** For pages. @param spooled bytes */
    PublicationView view(boolean sending, long spooled) {
        PublicationView.State how = phase(sending);
        return new PublicationView(
                id,
                run,
                server,
                destination,
                how,
                since > 0 ? since : begunAt,
                tries,
                how == PublicationView.State.SPOOLED ? nextAt : 0,
                problem,
                spooled);
    }
}
