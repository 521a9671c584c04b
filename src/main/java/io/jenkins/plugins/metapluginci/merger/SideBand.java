package io.jenkins.plugins.metapluginci.merger;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The pack out of a stream in which it comes beside messages (gitprotocol-pack, "side-band"): packets of four hexadecimal
 * digits of length, one byte of channel, and data. (JGit's own is not for others.) One thread.
 */
final class SideBand extends InputStream {
    private static final int PACK = 1;
    private static final int PROGRESS = 2;
    private static final int ERROR = 3;
    private static final int HEADER = 5;
    private static final int LONGEST_MESSAGE = 1000;

    private final InputStream from;
    private final Consumer<String> messages;
    private final byte[] one = new byte[1];
    /** Of the packet of pack data that is being read. */
    private int left;

    private boolean ended;

    /** @param messages gets what the other side says about its progress */
    SideBand(InputStream from, Consumer<String> messages) {
        this.from = from;
        this.messages = messages;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (left == 0 && !ended && length > 0) {
            next();
        }
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        int count = from.read(into, offset, Math.min(left, length));
        if (count < 0) {
            throw new EOFException("the other side ended in the middle of a pack");
        }
        left -= count;
        return count;
    }

    private void next() throws IOException {
        int length = length();
        if (length == 0) {
            ended = true;
            return;
        }
        if (length < HEADER) {
            throw new IOException("the other side sent a packet of length " + length);
        }
        int channel = from.read();
        int rest = length - HEADER;
        switch (channel) {
            case PACK -> left = rest;
            case PROGRESS -> messages.accept(text(rest));
            case ERROR -> throw new IOException("the other side says: " + text(rest));
            default -> throw new IOException("the other side sent a packet of kind " + channel);
        }
    }

    private int length() throws IOException {
        int length = 0;
        byte[] digits = from.readNBytes(4);
        if (digits.length < 4) {
            throw new EOFException("the other side ended before the pack did");
        }
        for (byte digit : digits) {
            int value = Character.digit((char) digit, 16);
            if (value < 0) {
                throw new IOException("the other side sent no packet");
            }
            length = length * 16 + value;
        }
        return length;
    }

    private String text(int length) throws IOException {
        byte[] bytes = from.readNBytes(length);
        return new String(bytes, 0, Math.min(bytes.length, LONGEST_MESSAGE), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
    }
}
