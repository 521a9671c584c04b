package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code logs} of one build, written to a program at the log server as one stream: an archive that this side makes, with safe names,
 * never the node's bytes.
 */
final class ShellTree implements TreeSink {
    private static final Logger LOGGER = Logger.getLogger(ShellTree.class.getName());
    private static final byte[] NOTHING = new byte[0];
    /** Every file below, with its length: GNU's and busybox' stat, else wc. */
    private static final String SIZES =
            "{ find . -type f -exec stat -c '%s %n' {} + 2>/dev/null" + " || find . -type f -exec wc -c {} +; }";

    private final RemoteShell shell;
    private final ServerTools tools;
    private final String parent;
    private final String part;
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, byte[]> digests = new HashMap<>();
    private Map<String, Long> present = Map.of();
    private Unpacking unpacking;

    /** @param parent directory of the build, relative to the root */
    ShellTree(RemoteShell shell, ServerTools tools, String parent, String token) {
        this.shell = shell;
        this.tools = tools;
        this.parent = parent;
        this.part = PartName.of(token);
    }

    private String inParent(String script) {
        return "cd " + RemoteShell.path(parent) + " || exit 96; " + script;
    }

    /** As {@link SftpTree#begin}. */
    void begin() throws LogException {
        String script = "mkdir -p " + RemoteShell.path(parent) + " || exit 95; "
                + inParent("for each in .logs-part-*; do [ \"$each\" = " + part + " ] || rm -rf \"./$each\"; done; "
                        + "for each in .logs-old-*; do [ -e \"$each\" ] || continue; "
                        + "if [ -e logs ]; then rm -rf \"./$each\"; else mv \"./$each\" logs; fi; done; "
                        + "if [ -d " + part + " ]; then cd " + part + " && " + SIZES + "; else mkdir " + part + "; fi");
        present = sizes(shell.demand("make a directory", script, NOTHING));
    }

    private static Map<String, Long> sizes(List<String> lines) {
        Map<String, Long> sizes = new HashMap<>();
        for (String line : lines) {
            String[] words = line.strip().split(" ", 2);
            if (words.length == 2 && words[0].matches("[0-9]{1,18}") && words[1].startsWith("./")) {
                sizes.put(words[1].substring(2), Long.parseLong(words[0]));
            }
        }
        return Map.copyOf(sizes);
    }

    @Override
    public Map<String, Long> present() {
        return present;
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        MessageDigest digest = sha256();
        DigestInputStream digested = new DigestInputStream(new Content(content), digest);
        try (Sized whole = Sized.of(digested, size)) {
            Long there = present.get(path);
            if (there != null && there == whole.size()) {
                Content.skip(whole.stream());
            } else {
                unpacking().file(path, whole.size(), whole.stream());
            }
            written.put(path, whole.size());
            digests.put(path, digest.digest());
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private Unpacking unpacking() throws LogException {
        if (unpacking == null) {
            String into = shell.inRoot(inParent("cd " + part + " || exit 94; "));
            unpacking =
                    tools.tar() ? TarStream.start(shell.session(), into) : ScpStream.start(shell.session(), into, ".");
        }
        return unpacking;
    }

    private void finish() throws LogException {
        if (unpacking != null) {
            unpacking.finish();
            unpacking = null;
        }
    }

    @Override
    public void verify() throws LogException {
        finish();
        boolean resumed = !present.isEmpty();
        if (!tools.digest() || resumed) {
            Map<String, Long> there = sizes(shell.demand("list files", inPart(SIZES), NOTHING));
            PartName.compare(written, there);
            removeOthers(there);
        }
        if (tools.digest() && !written.isEmpty()) {
            compareDigests();
        }
    }

    private String inPart(String script) {
        return inParent("cd " + part + " || exit 94; " + script);
    }

    /** Of an earlier attempt, and no part of this one. */
    private void removeOthers(Map<String, Long> there) throws LogException {
        StringBuilder others = new StringBuilder();
        for (String path : there.keySet()) {
            if (!written.containsKey(path)) {
                others.append("rm -f ").append(RemoteShell.path(path)).append('\n');
            }
        }
        if (others.length() > 0) {
            shell.demand("remove files", inPart("sh"), others.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void compareDigests() throws LogException {
        StringBuilder list = new StringBuilder();
        digests.forEach((path, digest) -> list.append(HexFormat.of().formatHex(digest))
                .append("  ./")
                .append(path)
                .append('\n'));
        List<String> lines = shell.run(inPart("sha256sum -c -"), list.toString().getBytes(StandardCharsets.UTF_8))
                .lines();
        int right = 0;
        String wrong = null;
        for (String line : lines) {
            if (line.endsWith(": OK")) {
                right++;
            } else if (wrong == null) {
                wrong = line;
            }
        }
        if (right != digests.size()) {
            throw new LogException(
                    LogProblem.SERVER_REFUSED,
                    "the log server has something else than was sent: " + PublishNotes.clean(String.valueOf(wrong)),
                    null);
        }
    }

    @Override
    public void commit() throws LogException {
        finish();
        String old = PartName.old(UUID.randomUUID().toString());
        String remove = "rm -rf " + part;
        String place = written.isEmpty() ? remove : "mv " + part + " logs";
        shell.demand(
                "give the logs their name",
                inParent("if [ -e logs ] || [ -L logs ]; then mv logs " + old + " && { " + place + " || { mv " + old
                        + " logs; exit 1; }; } && rm -rf " + old + "; else " + place + "; fi"),
                NOTHING);
    }

    @Override
    public void abandon(boolean keepForResume) {
        if (unpacking != null) {
            unpacking.close();
            unpacking = null;
        }
        if (keepForResume || !shell.session().isOpen()) {
            return;
        }
        try {
            shell.demand("remove files", inParent("rm -rf " + part), NOTHING);
        } catch (LogException e) {
            LOGGER.log(Level.FINE, "Half-written logs stay at the log server until the next attempt", e);
        }
    }
}
