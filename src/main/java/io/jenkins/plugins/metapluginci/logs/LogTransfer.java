package io.jenkins.plugins.metapluginci.logs;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes the regular files of tar archives to the log server, with a buffer of {@value #BUFFER} bytes whatever the archive
 * holds. Links, devices and pipes are refused; so is everything beyond the limits. All of it is noted.
 *
 * <p>The archive is hostile: code that strangers uploaded was root on the machine that made it. One thread at a time.
 */
final class LogTransfer {
    private static final int BUFFER = 64 * 1024;
    private static final int RECORD = 512;
    /** What the headers of one entry may take: long names and PAX headers are read into memory. */
    private static final long MAX_HEADERS = 256 * 1024;

    private static final int MAX_COPIES = 99;
    private static final String SYMBOLIC_LINK = "a symbolic link";
    private static final String HARD_LINK = "a hard link";

    private final TreeSink sink;
    private final TransferLimits limits;
    private final PublishNotes notes;
    private final byte[] buffer = new byte[BUFFER];
    private final Set<String> files = new HashSet<>();
    private final Set<String> directories = new HashSet<>();
    private int entries;

    LogTransfer(TreeSink sink, TransferLimits limits, PublishNotes notes) {
        this.sink = sink;
        this.limits = limits;
        this.notes = notes;
    }

    /**
     * Reads one archive up to its end-of-archive marker and nothing beyond it.
     *
     * @param in not closed
     * @param prefix safe relative directory for its files, may be empty
     * @return false when a limit ended it early: what follows in the stream is then of no use
     * @throws LogException when the archive is cut or damaged, or the server refuses something
     */
    boolean receive(InputStream in, String prefix) throws LogException {
        Metered metered = new Metered(in);
        // Names byte by byte: the library would hide the bytes that are not UTF-8 behind question marks.
        // Blocks of one record: the library then leaves what follows the two records of the marker alone.
        TarArchiveInputStream archive = new TarArchiveInputStream(metered, RECORD, RECORD, "ISO-8859-1");
        while (true) {
            metered.allow(MAX_HEADERS);
            TarArchiveEntry entry = next(archive, metered);
            if (metered.ended) {
                throw new LogException(
                        LogProblem.INCOMPLETE, "the archive ends before its end-of-archive marker", null);
            }
            if (entry == null) {
                return true;
            }
            if (++entries > limits.entries()) {
                notes.note("left out: everything after " + limits.entries() + " entries");
                return false;
            }
            if (!take(archive, metered, entry, prefix)) {
                return false;
            }
        }
    }

    private static TarArchiveEntry next(TarArchiveInputStream archive, Metered metered) throws LogException {
        try {
            TarArchiveEntry entry = archive.getNextEntry();
            if (entry != null && !entry.isCheckSumOK()) {
                throw new LogException(LogProblem.INCOMPLETE, "a header of the archive is damaged", null);
            }
            return entry;
        } catch (LogException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new LogException(metered.problem(), "the archive cannot be read: " + e.getMessage(), e);
        }
    }

    /** @return false when a limit is reached */
    private boolean take(TarArchiveInputStream archive, Metered metered, TarArchiveEntry entry, String prefix)
            throws LogException {
        long size = entry.getSize();
        metered.allow(size + 2L * RECORD);
        if (entry.isDirectory()) {
            return true;
        }
        String given = decoded(entry.getName());
        String refusal = refusal(entry);
        if (refusal != null) {
            return leaveOut(archive, metered, entry, refusal, given);
        }
        SafeName name = SafeName.of(given);
        String safe = name.path();
        if (safe == null) {
            return leaveOut(archive, metered, entry, name.refusal(), given);
        }
        if (isLimitReached(size)) {
            return false;
        }
        return store(new Content(archive, metered, size), entry, prefix, name, given);
    }

    private boolean store(Content content, TarArchiveEntry entry, String prefix, SafeName name, String given)
            throws LogException {
        long size = entry.getSize();
        String safe = String.valueOf(name.path());
        boolean packed = limits.gzip() && StoredForm.mayBePacked(size) && isPacked(safe, size, content);
        String path = free(prefix.isEmpty() ? safe : prefix + "/" + safe, packed ? StoredForm.SUFFIX : "");
        if (path == null) {
            return leaveOut(content, entry, "its name is taken", given);
        }
        String plain = packed ? path.substring(0, path.length() - StoredForm.SUFFIX.length()) : path;
        if (name.changed() || !plain.endsWith(safe)) {
            notes.note("published under another name", given, "published as " + path + ": " + given);
        }
        taken(path);
        if (packed) {
            try (GzipInput gzip = new GzipInput(content)) {
                sink.file(path, TreeSink.UNKNOWN, gzip);
            }
        } else {
            sink.file(path, size, content);
        }
        if (content.left > 0) {
            throw new LogException(LogProblem.INTERNAL, "a file was not read to its end", null);
        }
        notes.published(path, size);
        return true;
    }

    private boolean isPacked(String path, long size, Content content) throws LogException {
        byte[] head = new byte[StoredForm.LEAST];
        int length = 0;
        for (int count = 0;
                count >= 0 && length < head.length;
                count = content.read(head, length, head.length - length)) {
            length += count;
        }
        content.unread(head, length);
        return StoredForm.isPacked(path, size, head, length);
    }

    private boolean leaveOut(
            TarArchiveInputStream archive, Metered metered, TarArchiveEntry entry, String why, String given)
            throws LogException {
        return leaveOut(new Content(archive, metered, entry.getSize()), entry, why, given);
    }

    private boolean leaveOut(Content content, TarArchiveEntry entry, String why, String given) throws LogException {
        String kind = "left out, " + (entry.isSymbolicLink() ? SYMBOLIC_LINK : entry.isLink() ? HARD_LINK : why);
        notes.note(kind, given, "left out, " + why + ": " + given);
        skip(content);
        return true;
    }

    private boolean isLimitReached(long size) {
        if (notes.files() >= limits.files()) {
            notes.note("left out: everything after " + limits.files() + " files");
            return true;
        }
        if (notes.bytes() + size > limits.totalBytes()) {
            notes.note("left out: everything after " + notes.bytes() + " bytes, the limit is " + limits.totalBytes());
            return true;
        }
        return false;
    }

    private String refusal(TarArchiveEntry entry) {
        if (entry.isSymbolicLink()) {
            return SYMBOLIC_LINK + " to " + decoded(entry.getLinkName());
        }
        if (entry.isLink()) {
            return HARD_LINK + " to " + decoded(entry.getLinkName());
        }
        if (entry.isBlockDevice() || entry.isCharacterDevice()) {
            return "a device";
        }
        if (entry.isFIFO()) {
            return "a named pipe";
        }
        byte type = entry.getLinkFlag();
        boolean regular = type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM;
        if (!regular || entry.isSparse() || entry.getSize() != entry.getRealSize()) {
            return "not a plain file";
        }
        return entry.getSize() > limits.fileBytes() ? "longer than " + limits.fileBytes() + " bytes" : null;
    }

    /** A name whose characters are bytes, read as UTF-8; one of a PAX header was read already. */
    private static String decoded(String name) {
        return name.chars().allMatch(c -> c <= 0xff)
                ? new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                : name;
    }

    private void taken(String path) {
        files.add(path);
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            directories.add(path.substring(0, slash));
        }
    }

    /** Whether a path is a file or a directory already, or would need a file to be a directory. */
    private boolean isTaken(String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (files.contains(path.substring(0, slash))) {
                return true;
            }
        }
        return files.contains(path) || directories.contains(path);
    }

    /** The path with its suffix, or with a number before that when it is taken; null when there is none. */
    private String free(String path, String suffix) {
        if (!isTaken(path + suffix)) {
            return path + suffix;
        }
        for (int n = 2; n <= MAX_COPIES; n++) {
            if (!isTaken(path + "~" + n + suffix)) {
                return path + "~" + n + suffix;
            }
        }
        return null;
    }

    private void skip(Content content) throws LogException {
        int count;
        do {
            count = content.read(buffer, 0, buffer.length);
        } while (count >= 0);
    }

    /** The content of one entry; throws {@link LogException}s alone, and ends where the entry does. */
    private static final class Content extends InputStream {
        private final TarArchiveInputStream archive;
        private final Metered metered;
        private long left;
        private byte[] again = new byte[0];
        private int againAt;

        Content(TarArchiveInputStream archive, Metered metered, long size) {
            this.archive = archive;
            this.metered = metered;
            this.left = size;
        }

        /** What was read comes again. */
        void unread(byte[] head, int length) {
            again = Arrays.copyOf(head, length);
            againAt = 0;
        }

        @Override
        public int read() throws LogException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws LogException {
            if (againAt < again.length) {
                int part = Math.min(length, again.length - againAt);
                System.arraycopy(again, againAt, bytes, offset, part);
                againAt += part;
                return part;
            }
            if (left == 0) {
                return -1;
            }
            int count;
            try {
                count = archive.read(bytes, offset, (int) Math.min(length, left));
            } catch (IOException | RuntimeException e) {
                throw new LogException(metered.problem(), "the archive ends inside a file: " + e.getMessage(), e);
            }
            if (count < 0) {
                throw new LogException(LogProblem.INCOMPLETE, "the archive ends inside a file", null);
            }
            left -= count;
            return count;
        }
    }

    /** Limits what the library may read at a time, and remembers the end of the stream. */
    private static final class Metered extends FilterInputStream {
        private long allowed;
        private boolean ended;
        private boolean lost;

        Metered(InputStream in) {
            super(in);
        }

        /** What it means that the archive cannot be read on. */
        LogProblem problem() {
            return lost ? LogProblem.NODE_GONE : LogProblem.INCOMPLETE;
        }

        void allow(long bytes) {
            allowed = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0 && allowed <= 0) {
                throw new IOException("a header is too long");
            }
            int count;
            try {
                count = super.read(bytes, offset, (int) Math.min(length, allowed));
            } catch (IOException e) {
                lost = true;
                throw e;
            }
            if (count < 0) {
                ended = true;
            } else {
                allowed -= count;
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] scratch = new byte[(int) Math.min(8192, Math.max(count, 0))];
            return Math.max(0, read(scratch, 0, scratch.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() {
            // the stream goes on after the archive
        }
    }
}
