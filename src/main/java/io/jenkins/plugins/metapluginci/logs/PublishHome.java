package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What every publication shares. */
interface PublishHome extends ServerAccess {
    /** Writes what stands beside a run's {@code logs}. */
    interface Pages {
        /** Writes the console in both forms, and last the index. @param run {@code JOB#NUMBER} */
        void write(
                String run,
                ServerFiles files,
                LogServer server,
                LogDestination place,
                RunFacts facts,
                RunLogs logs,
                ConsoleSource console)
                throws LogException, InterruptedException;
    }

    Supplier<LogSettings> settings();

    Pages pages();

    JsonStore<RunState> store();

    /** Where the spooled files of a run are: {@code ID/}. */
    Path spool();

    SpoolSpace space();

    /** For work that waits for nodes and servers. */
    Executor threads();

    /** Epoch milliseconds. */
    LongSupplier clock();

    /** How long output may come after a process on a node has ended. */
    Duration grace();

    /** How long to wait until a try after so many in vain, milliseconds. */
    long backoff(int tries);

    /** Whether this controller stops: then what is under way is not to be written off. */
    boolean isClosing();

    /** Something is due sooner than it was. */
    void due(Publication publication);

    /** Nothing is left to do; what became of it may be told. */
    void settled(Publication publication, LogsResult result);

    /** There is nothing of it any more. */
    void forget(Publication publication);
}
