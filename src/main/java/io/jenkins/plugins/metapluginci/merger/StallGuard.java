package io.jenkins.plugins.metapluginci.merger;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Cuts a connection whose other side lets us wait too long. Time that this side spends on its own work does not count. Waiting
 * is not interrupted, since an interrupt that comes late would hit whatever the thread does next; the connection is closed.
 *
 * <p>One thread uses the streams; another one, shared by all, looks at the clock.
 */
final class StallGuard implements AutoCloseable {
    private static final long IDLE = 0;
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final Runnable cut;
    private final long limitNanos;
    private final long endNanos;
    private final ScheduledFuture<?> look;
    /** {@link System#nanoTime} when a read or write began, or {@link #IDLE}. */
    private volatile long waitingSince = IDLE;

    private volatile boolean stalled;

    /**
     * @param silence how long one read or write may take
     * @param whole how long all of it may take
     * @param cut closes the connection, from another thread
     */
    StallGuard(Duration silence, Duration whole, Runnable cut) {
        this.cut = cut;
        this.limitNanos = silence.toNanos();
        this.endNanos = System.nanoTime() + whole.toNanos();
        long period = Math.max(20, Math.min(1000, silence.toMillis() / 4));
        this.look = CLOCK.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, Threads.named("Merger: time-outs"));
        clock.setRemoveOnCancelPolicy(true);
        clock.setKeepAliveTime(10, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
        return clock;
    }

    private void look() {
        long since = waitingSince;
        long now = System.nanoTime();
        if (since != IDLE && now - since > limitNanos || now - endNanos > 0) {
            stalled = true;
            look.cancel(false);
            cut.run();
        }
    }

    /** Whether the connection was cut by this. */
    boolean stalled() {
        return stalled;
    }

    private void begin() {
        waitingSince = System.nanoTime() | 1;
    }

    InputStream watch(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                begin();
                try {
                    return in.read();
                } finally {
                    waitingSince = IDLE;
                }
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                begin();
                try {
                    return in.read(into, offset, length);
                } finally {
                    waitingSince = IDLE;
                }
            }
        };
    }

    OutputStream watch(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                begin();
                try {
                    out.write(from, offset, length);
                } finally {
                    waitingSince = IDLE;
                }
            }

            @Override
            public void flush() throws IOException {
                begin();
                try {
                    out.flush();
                } finally {
                    waitingSince = IDLE;
                }
            }
        };
    }

    @Override
    public void close() {
        look.cancel(false);
    }
}
