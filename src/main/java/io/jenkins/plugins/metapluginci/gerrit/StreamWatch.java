package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches one connection for silence. Keepalives prove that the connection stands; this proves that the Gerrit behind it
 * still does its work, which a server that hangs no longer does. Silence alone is no fault: small Gerrits have quiet nights.
 *
 * <p>Its thread, "Gerrit watch: HOST", lives as long as the connection.
 */
final class StreamWatch implements AutoCloseable {
    private final SshSession session;
    private final GerritTimings timings;
    private final Runnable answered;
    private final ScheduledExecutorService thread;
    private volatile long lastSign = System.nanoTime();
    private volatile String verdict;

    /** @param answered called when Gerrit answered a probe */
    StreamWatch(SshSession session, String host, GerritTimings timings, Runnable answered) {
        this.session = session;
        this.timings = timings;
        this.answered = answered;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "Gerrit watch: " + host);
            made.setDaemon(true);
            made.setContextClassLoader(StreamWatch.class.getClassLoader());
            return made;
        });
        long every = Math.max(10, timings.silence().toMillis() / 10);
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    /** The stream, with each read counted as a sign of life. */
    InputStream watched(InputStream stream) {
        return new FilterInputStream(stream) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                lastSign = System.nanoTime();
                return count;
            }
        };
    }

    private void look() {
        if (System.nanoTime() - lastSign < timings.silence().toNanos()) {
            return;
        }
        try {
            GerritConnection.version(session, timings.probe());
            lastSign = System.nanoTime();
            answered.run();
        } catch (SshException e) {
            verdict = "Gerrit was silent for " + timings.silence().toSeconds()
                    + " s, and then did not say that it is there: " + e.getMessage();
            session.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to tell of a failure of the stream: when this watch ended it, why. */
    SshException verdict(SshException failure) {
        String own = verdict;
        return own == null ? failure : new SshException(SshException.Kind.BROKEN, own, failure);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
