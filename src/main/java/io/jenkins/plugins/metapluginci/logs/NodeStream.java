package io.jenkins.plugins.metapluginci.logs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Reads what {@link NodeScript} prints: a head line, for each section a line and perhaps an archive with a report behind
 * it, and a line that says that it was all. Only a stream that has all of this is whole: on core 1.395 a lost connection
 * can look like an end.
 *
 * <pre>
 * METAPLUGIN-CI LOGS 2 gzip sha256
 * ABSENT 0                       the directory is not there
 * SAME 1                         the same files as in an earlier section
 * SOURCE 2                       an archive follows, then its report:
 * …
 * REPORT 2
 * !tar: ./a: file changed as we read it
 * !STATUS 1
 * END 2
 * DONE
 *
 * SHA256 e3b0c442...
 * </pre>
 *
 * <p>What is between the head line and the empty one is packed where the node has gzip ({@code plain} where it has not), and the
 * digest is of it before it was packed ({@code none} where the node has no sha256sum).
 *
 * <p>An archive that was cut takes what follows for its own. So the very end of the stream, behind padding, says
 * {@code FAILED} with the status when it was the node that gave up.
 */
final class NodeStream {
    private static final Logger LOGGER = Logger.getLogger(NodeStream.class.getName());
    private static final Pattern HEAD =
            Pattern.compile("METAPLUGIN-CI LOGS 2 (?<form>gzip|plain) (?<digest>sha256|none)");
    private static final Pattern DIGEST = Pattern.compile("SHA256 (?<value>[0-9a-f]{64}|none)");
    private static final int MAX_LINE = 8192;
    private static final int MAX_REPORT_LINES = 200;
    private static final Pattern FAILED = Pattern.compile("\nFAILED ([0-9]{1,3})\n$");
    private static final int TIMED_OUT = 124;
    private static final int KILLED = 137;

    private final TailInput tail;
    private final InputStream raw;
    private final MessageDigest digest;
    /** What lines and archives are read from: the stream itself for its head, then what is in it. */
    private InputStream in;

    private final List<NodeScript.Section> sections;
    private final LogTransfer transfer;
    private final PublishNotes notes;

    NodeStream(InputStream in, List<NodeScript.Section> sections, LogTransfer transfer, PublishNotes notes) {
        this.tail = new TailInput(in);
        this.raw = new BufferedInputStream(tail, 64 * 1024);
        this.in = raw;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        this.sections = sections;
        this.transfer = transfer;
        this.notes = notes;
    }

    /** Reads everything, or up to a limit. @throws LogException when anything is missing */
    void receive() throws LogException {
        Matcher head = HEAD.matcher(line());
        if (!head.matches()) {
            throw new LogException(LogProblem.NODE_FAILED, "the node did not run the script", null);
        }
        boolean packed = head.group("form").equals("gzip");
        in = new DigestInputStream(body(packed), digest);
        if (sections()) {
            end(packed, head.group("digest").equals("sha256"));
        }
    }

    private InputStream body(boolean packed) throws LogException {
        if (!packed) {
            return raw;
        }
        try {
            // leaves what follows the packed part alone, since the stream under it can go back
            return new BufferedInputStream(new Unpacked(new GzipCompressorInputStream(raw), tail), 64 * 1024);
        } catch (IOException e) {
            throw new LogException(
                    tail.lost ? LogProblem.NODE_GONE : LogProblem.INCOMPLETE, String.valueOf(e.getMessage()), e);
        }
    }

    /** The packed part ends with the last section, and its own check passes only when its end is read. */
    private void expectEnd() throws LogException {
        int more;
        try {
            more = in.read();
        } catch (IOException e) {
            throw new LogException(LogProblem.NODE_GONE, e.getMessage(), e);
        }
        if (more >= 0) {
            throw spoilt("something behind DONE");
        }
    }

    /** What is behind the last section. */
    private void end(boolean packed, boolean hasDigest) throws LogException {
        String computed = HexFormat.of().formatHex(digest.digest());
        if (packed) {
            expectEnd();
        }
        in = raw;
        String line = line();
        if (!line.isEmpty()) {
            throw spoilt(line);
        }
        line = line();
        Matcher said = DIGEST.matcher(line);
        if (!said.matches()) {
            throw spoilt(line);
        }
        if (hasDigest && !said.group("value").equals(computed)) {
            throw new LogException(
                    LogProblem.INCOMPLETE, "what arrived from the node has another digest than what it sent", null);
        }
        if (!hasDigest) {
            notes.note("the node has no sha256sum: what it sent could not be compared by a digest");
        }
    }

    /** @return whether all sections were read, and no limit ended it early */
    private boolean sections() throws LogException {
        for (int i = 0; i < sections.size(); i++) {
            String line = line();
            if (line.equals("ABSENT " + i)) {
                notes.note("not on the node, or not a directory: " + directoryOf(sections.get(i)));
            } else if (line.equals("SOURCE " + i)) {
                if (!archive(sections.get(i).prefix())) {
                    return false;
                }
                report(i);
            } else if (!line.equals("SAME " + i)) {
                throw spoilt(line);
            }
        }
        String last = line();
        if (!last.equals("DONE")) {
            throw spoilt(last);
        }
        return true;
    }

    /** @return false when a limit ended it */
    private boolean archive(String prefix) throws LogException {
        try {
            return transfer.receive(in, prefix);
        } catch (LogException e) {
            if (e.problem() != LogProblem.INCOMPLETE) {
                throw e;
            }
            Matcher failed = FAILED.matcher(tail.drained());
            throw failed.find() ? failure(Integer.parseInt(failed.group(1))) : e;
        }
    }

    private static LogException failure(int status) {
        return status == TIMED_OUT || status == KILLED
                ? new LogException(LogProblem.NODE_DEADLINE, "reading on the node passed its deadline", null)
                : new LogException(LogProblem.NODE_FAILED, "reading on the node ended with status " + status, null);
    }

    private static String directoryOf(NodeScript.Section section) {
        return section.first().isEmpty() ? section.directory() : section.directory() + "/" + section.first();
    }

    private void report(int section) throws LogException {
        String line = line();
        while (line.chars().allMatch(c -> c == 0)) {
            line = line();
        }
        if (!line.equals("REPORT " + section)) {
            throw spoilt(line);
        }
        List<String> report = new ArrayList<>();
        line = line();
        while (line.startsWith("!") && report.size() < MAX_REPORT_LINES) {
            report.add(line.substring(1));
            line = line();
        }
        if (report.isEmpty() || !line.equals("END " + section)) {
            throw spoilt(line);
        }
        int status = status(report.remove(report.size() - 1));
        report.stream().filter(text -> !text.isBlank()).forEach(notes::note);
        if (status != 0 && status != 1) {
            throw failure(status);
        }
    }

    private static int status(String line) throws LogException {
        if (!line.matches("STATUS [0-9]{1,3}")) {
            throw spoilt(line);
        }
        return Integer.parseInt(line.substring("STATUS ".length()));
    }

    private static LogException spoilt(String line) {
        return new LogException(
                LogProblem.INCOMPLETE, "the node sent something unexpected: " + PublishNotes.clean(line), null);
    }

    private String line() throws LogException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            // what fills an archive's last record is no part of a line
            boolean padding = true;
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new LogException(LogProblem.INCOMPLETE, "the node's stream ends before its end", null);
                }
                padding &= b == 0;
                if (!padding) {
                    if (line.size() == MAX_LINE) {
                        throw spoilt(line.toString(StandardCharsets.UTF_8));
                    }
                    line.write(b);
                }
            }
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw new LogException(LogProblem.NODE_GONE, e.getMessage(), e);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** A packed part that ends early or is damaged just ends: whoever reads it misses what should follow. */
    private static final class Unpacked extends FilterInputStream {
        private final TailInput tail;
        private boolean ended;

        Unpacked(InputStream in, TailInput tail) {
            super(in);
            this.tail = tail;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            try {
                int count = super.read(bytes, offset, length);
                ended = count < 0;
                return count;
            } catch (IOException e) {
                if (tail.lost) {
                    throw e;
                }
                LOGGER.log(Level.FINE, "The packed part of a node's stream is cut or damaged", e);
                ended = true;
                return -1;
            }
        }
    }

    /** Remembers the last bytes that were read. */
    private static final class TailInput extends FilterInputStream {
        private static final int KEPT = 64;
        private static final long MAX_DRAINED = 16L << 20;

        private final byte[] last = new byte[KEPT];
        private boolean lost;

        TailInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count;
            try {
                count = super.read(bytes, offset, length);
            } catch (IOException e) {
                lost = true;
                throw e;
            }
            int taken = Math.min(count, KEPT);
            if (taken > 0) {
                System.arraycopy(last, taken, last, 0, KEPT - taken);
                System.arraycopy(bytes, offset + count - taken, last, KEPT - taken, taken);
            }
            return count;
        }

        /** The end of the stream, as far as it comes. */
        String drained() {
            byte[] scratch = new byte[8192];
            try {
                long total = 0;
                for (int count = read(scratch); count >= 0 && total < MAX_DRAINED; count = read(scratch)) {
                    total += count;
                }
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "The end of a damaged stream cannot be read", e);
            }
            return new String(last, StandardCharsets.ISO_8859_1);
        }
    }
}
