package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * What another stream holds, in the format of gzip (RFC 1952), packed as it is read. The same content gives the same bytes each
 * time: an upload that was cut goes on by the lengths of what is there.
 */
final class GzipInput extends InputStream {
    /** Deflate; no name, no time, no system. */
    private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    // The fastest: this machine packs for all nodes at once, and text shrinks most of the way already.
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 check = new CRC32();
    private final byte[] plain = new byte[BUFFER];
    private byte[] edge = HEAD;
    private int edgeAt;
    private long length;
    private boolean ended;

    /** @param in not closed with this */
    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (edgeAt < edge.length) {
            int part = Math.min(count, edge.length - edgeAt);
            System.arraycopy(edge, edgeAt, bytes, offset, part);
            edgeAt += part;
            return part;
        }
        if (ended) {
            return -1;
        }
        int packed = deflater.deflate(bytes, offset, count);
        while (packed == 0 && !deflater.finished()) {
            feed();
            packed = deflater.deflate(bytes, offset, count);
        }
        if (packed > 0) {
            return packed;
        }
        ended = true;
        edge = tail();
        edgeAt = 0;
        return read(bytes, offset, count);
    }

    private void feed() throws IOException {
        int count = in.read(plain, 0, plain.length);
        if (count < 0) {
            deflater.finish();
        } else {
            check.update(plain, 0, count);
            length += count;
            deflater.setInput(plain, 0, count);
        }
    }

    private byte[] tail() {
        byte[] tail = new byte[8];
        for (int i = 0; i < 4; i++) {
            tail[i] = (byte) (check.getValue() >> 8 * i);
            tail[4 + i] = (byte) (length >> 8 * i);
        }
        return tail;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
