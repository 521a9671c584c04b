package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * One status.json for everybody who asks within a second, as Zuul's web application keeps it ({@code status_expiry}): however
 * many look, it is written once. Its monitor guards it; who asks while it is being written waits for it.
 */
final class StatusSnapshot {
    /** How long a snapshot is served, milliseconds. */
    static final long EXPIRY_MS = 1_000;

    /** Many short words are written: without it the encoder is asked for each. */
    private static final int BUFFER = 1 << 16;

    private final LongSupplier clock;

    @CheckForNull
    private Snapshot last;

    /** @param clock epoch milliseconds */
    StatusSnapshot(LongSupplier clock) {
        this.clock = clock;
    }

    /** The status of at most {@value #EXPIRY_MS} ms ago. @param source is asked if there is none */
    synchronized Snapshot get(Supplier<SchedulerView> source, String version) {
        long now = clock.getAsLong();
        // A clock that was set back must not keep an old one for ever.
        if (last == null || now < last.at || now - last.at >= EXPIRY_MS) {
            last = new Snapshot(source.get(), version, now);
        }
        return last;
    }

    /** The status of one moment. Immutable. Kept compressed: two thousand changes are megabytes. */
    static final class Snapshot {
        private final byte[] gzipped;
        private final long at;

        Snapshot(SchedulerView view, String version, long at) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (Writer out = new BufferedWriter(
                    new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8), BUFFER)) {
                ZuulStatus.write(view, version, out);
            } catch (IOException e) {
                throw new UncheckedIOException("Nothing can fail in memory", e);
            }
            this.gzipped = bytes.toByteArray();
            this.at = at;
        }

        /** Epoch milliseconds of a whole second: HTTP's dates have no more. */
        long lastModified() {
            return at / 1000 * 1000;
        }

        /** Until when it is fresh, epoch milliseconds. */
        long expires() {
            return at + EXPIRY_MS;
        }

        int gzippedLength() {
            return gzipped.length;
        }

        /** Writes the JSON, in UTF-8. @param compressed whether as it is kept */
        void writeTo(OutputStream out, boolean compressed) throws IOException {
            if (compressed) {
                out.write(gzipped);
            } else {
                new GZIPInputStream(new ByteArrayInputStream(gzipped)).transferTo(out);
            }
        }
    }
}
