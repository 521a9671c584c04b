package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Connections to the log server. One that did its work well is kept open a while for the next publication, so that a
 * build's files and its console share one; each serves one publication at a time. Safe for many threads; its monitor
 * guards the idle ones and is never held while a connection is used.
 */
final class LogConnections implements AutoCloseable {
    private static final int MAX_IDLE = 4;

    private final Connector connector;
    private final Duration idle;
    private final ScheduledExecutorService timer;
    private final Deque<Idle> waiting = new ArrayDeque<>();
    private boolean closed;

    private record Idle(SshTarget target, SshSession session, long since) {}

    /**
     * @param idle how long an unused connection stays open
     * @param timer closes them in time; not shut down here
     */
    LogConnections(Connector connector, Duration idle, ScheduledExecutorService timer) {
        this.connector = connector;
        this.idle = idle;
        this.timer = timer;
    }

    /** What to do with the log server. */
    interface ServerWork<T> {
        /** @throws IOException a {@link LogException}, or what the server's side threw */
        T with(ServerFiles files) throws IOException, InterruptedException;
    }

    /** Lets another thread end the work by closing its connection. */
    static final class Cancellation {
        private SshSession session;
        private boolean cancelled;

        synchronized void cancel() {
            cancelled = true;
            if (session != null) {
                session.close();
            }
        }

        synchronized boolean isCancelled() {
            return cancelled;
        }

        private synchronized void uses(SshSession used) throws SshException {
            if (cancelled) {
                throw new SshException(SshException.Kind.BROKEN, "cancelled", null);
            }
            session = used;
        }

        private synchronized void released() {
            session = null;
        }
    }

    /**
     * Does work that may begin anew: when a kept connection turns out to be dead, it is done once more over a new one.
     *
     * @throws LogException when there is no connection, or the work failed
     */
    <T> T call(LogServer server, Cancellation cancellation, ServerWork<T> work)
            throws LogException, InterruptedException {
        SshTarget target = server.target();
        SshSession kept = take(target);
        if (kept != null) {
            try {
                return once(server, kept, cancellation, work);
            } catch (LogException e) {
                if (!e.isConnectionLost() || cancellation.isCancelled()) {
                    throw e;
                }
            }
        }
        return once(server, connect(target), cancellation, work);
    }

    /** Does work that cannot begin anew, over a connection that was checked just before. */
    <T> T callOnce(LogServer server, Cancellation cancellation, ServerWork<T> work)
            throws LogException, InterruptedException {
        SshTarget target = server.target();
        SshSession kept = take(target);
        if (kept != null && !answers(kept)) {
            kept.close();
            kept = null;
        }
        return once(server, kept == null ? connect(target) : kept, cancellation, work);
    }

    private static boolean answers(SshSession session) throws InterruptedException {
        try (SftpFiles files = session.sftp()) {
            files.exists(".");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private SshSession connect(SshTarget target) throws LogException, InterruptedException {
        try {
            return connector.connect(target);
        } catch (SshException e) {
            throw LogException.ofServer(e);
        }
    }

    private <T> T once(LogServer server, SshSession session, Cancellation cancellation, ServerWork<T> work)
            throws LogException, InterruptedException {
        boolean good = false;
        try {
            cancellation.uses(session);
            T result;
            try (ServerFiles files = ServerFiles.open(server, session)) {
                result = work.with(files);
            }
            good = true;
            return result;
        } catch (LogException e) {
            good = e.problem() != LogProblem.SERVER_REFUSED && !(e.getCause() instanceof SshException);
            throw e;
        } catch (IOException e) {
            throw LogException.ofServer(e);
        } finally {
            cancellation.released();
            if (good && session.isOpen()) {
                giveBack(server.target(), session);
            } else {
                session.close();
            }
        }
    }

    private synchronized SshSession take(SshTarget target) {
        for (Iterator<Idle> each = waiting.iterator(); each.hasNext(); ) {
            Idle candidate = each.next();
            if (candidate.target().equals(target)) {
                each.remove();
                if (candidate.session().isOpen()) {
                    return candidate.session();
                }
                candidate.session().close();
            }
        }
        return null;
    }

    private void giveBack(SshTarget target, SshSession session) {
        boolean kept;
        synchronized (this) {
            kept = !closed && waiting.size() < MAX_IDLE;
            if (kept) {
                waiting.add(new Idle(target, session, System.nanoTime()));
                timer.schedule(this::closeIdle, idle.toMillis() + 10, TimeUnit.MILLISECONDS);
            }
        }
        if (!kept) {
            session.close();
        }
    }

    private void closeIdle() {
        List<SshSession> late = new ArrayList<>();
        synchronized (this) {
            waiting.removeIf(each -> {
                boolean expired = System.nanoTime() - each.since() >= idle.toNanos();
                if (expired) {
                    late.add(each.session());
                }
                return expired;
            });
        }
        late.forEach(SshSession::close);
    }

    @Override
    public void close() {
        List<Idle> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(each -> each.session().close());
    }
}
