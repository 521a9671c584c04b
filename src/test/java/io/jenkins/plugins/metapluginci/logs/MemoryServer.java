package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A log server in memory that can go away before any operation, for good or once, and whose disk can be full. What it holds
 * survives its connections. Guarded by its monitor.
 */
class MemoryServer implements ServerAccess {
    private final Map<String, byte[]> files = new TreeMap<>();
    /** How many further operations go well; negative for any number. */
    private int left = -1;
    /** Whether it stays away once it went. */
    private boolean away;

    private boolean down;
    private long room = Long.MAX_VALUE;
    private int operations;
    private Runnable before = () -> {};

    /** It goes away after so many operations. @param forGood until {@link #back} */
    synchronized void cutAfter(int count, boolean forGood) {
        left = count;
        away = forGood;
        down = false;
    }

    synchronized void full(long bytes) {
        room = bytes;
    }

    synchronized void back() {
        left = -1;
        down = false;
        room = Long.MAX_VALUE;
    }

    synchronized int operations() {
        return operations;
    }

    synchronized String text(String path) {
        byte[] content = files.get(path);
        return content == null ? null : new String(content, StandardCharsets.UTF_8);
    }

    /** Paths below a directory. */
    synchronized List<String> below(String directory) {
        return files.keySet().stream()
                .filter(path -> path.startsWith(directory + "/"))
                .map(path -> path.substring(directory.length() + 1))
                .toList();
    }

    /** Is run before each operation. */
    synchronized void before(Runnable each) {
        before = each;
    }

    synchronized Map<String, byte[]> content() {
        return new TreeMap<>(files);
    }

    synchronized void content(Map<String, byte[]> content) {
        files.clear();
        files.putAll(content);
    }

    private synchronized void operation() throws LogException {
        before.run();
        operations++;
        if (down || left == 0) {
            down = away;
            left = away ? 0 : -1;
            throw new LogException(LogProblem.SERVER_BROKEN, "cut", null);
        }
        if (left > 0) {
            left--;
        }
    }

    private synchronized void put(String path, byte[] content) throws LogException {
        operation();
        if (content.length > room) {
            // what a full disk leaves
            files.put(path, Arrays.copyOf(content, (int) room));
            throw new LogException(LogProblem.SERVER_REFUSED, "disk full", null);
        }
        files.put(path, content.clone());
    }

    @Override
    public <T> T call(LogServer server, LogConnections.Cancellation cancellation, LogConnections.ServerWork<T> work)
            throws LogException, InterruptedException {
        operation();
        try (Files connection = new Files()) {
            return work.with(connection);
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }

    /** One connection. */
    class Files implements ServerFiles {
        @Override
        public void makeDirectories(String path) throws LogException {
            operation();
        }

        @Override
        public void write(String path, byte[] content) throws LogException {
            put(path, content);
        }

        @Override
        public void append(String path, long offset, byte[] content) throws LogException {
            byte[] before = files.getOrDefault(path, new byte[0]);
            byte[] all = Arrays.copyOf(before, (int) offset + content.length);
            System.arraycopy(content, 0, all, (int) offset, content.length);
            put(path, all);
        }

        @Override
        public byte[] read(String path, int max) throws LogException {
            operation();
            return files.get(path).clone();
        }

        @Override
        public List<Entry> list(String path) throws LogException {
            operation();
            TreeMap<String, Entry> found = new TreeMap<>();
            String prefix = path.isEmpty() ? "" : path + "/";
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                if (each.getKey().startsWith(prefix)) {
                    String rest = each.getKey().substring(prefix.length());
                    int slash = rest.indexOf('/');
                    String name = slash < 0 ? rest : rest.substring(0, slash);
                    found.put(name, new Entry(name, slash >= 0, slash < 0 ? each.getValue().length : 0, 0));
                }
            }
            return List.copyOf(found.values());
        }

        @Override
        public void rename(String from, String to) throws LogException {
            operation();
            synchronized (MemoryServer.this) {
                for (String path : new TreeSet<>(files.keySet())) {
                    if (path.equals(from) || path.startsWith(from + "/")) {
                        files.put(to + path.substring(from.length()), files.remove(path));
                    }
                }
            }
        }

        @Override
        public void removeTree(String path) throws LogException {
            operation();
            synchronized (MemoryServer.this) {
                files.keySet().removeIf(each -> each.equals(path) || each.startsWith(path + "/"));
            }
        }

        @Override
        public boolean exists(String path) throws LogException {
            operation();
            return files.containsKey(path) || files.keySet().stream().anyMatch(each -> each.startsWith(path + "/"));
        }

        @Override
        public TreeSink tree(String directory, String token) throws LogException {
            for (Entry each : list(directory)) {
                if (each.name().startsWith(".part-") && !each.name().equals(".part-" + token)) {
                    removeTree(directory + "/" + each.name());
                }
            }
            return new Tree(this, directory, directory + "/.part-" + token);
        }

        @Override
        public String how() {
            return "memory";
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    /** As a server without a shell has it: file by file, with one rename at the end. */
    private final class Tree implements TreeSink {
        private final Files server;
        private final String directory;
        private final String part;
        private final Map<String, Long> written = new TreeMap<>();

        Tree(Files server, String directory, String part) {
            this.server = server;
            this.directory = directory;
            this.part = part;
        }

        @Override
        public Map<String, Long> present() {
            Map<String, Long> there = new TreeMap<>();
            below(part).forEach(path -> there.put(path, (long) files.get(part + "/" + path).length));
            return there;
        }

        @Override
        public void file(String path, long size, InputStream content) throws LogException {
            boolean skip = Long.valueOf(size).equals(present().get(path));
            byte[] bytes;
            try {
                bytes = content.readAllBytes();
            } catch (LogException e) {
                throw e;
            } catch (IOException e) {
                throw new LogException(LogProblem.INCOMPLETE, "", e);
            }
            if (!skip) {
                put(part + "/" + path, bytes);
            }
            written.put(path, (long) bytes.length);
        }

        @Override
        public void verify() throws LogException {
            operation();
            Map<String, Long> there = present();
            if (!there.equals(written)) {
                throw new LogException(LogProblem.SERVER_REFUSED, "not what was written", null);
            }
        }

        @Override
        public void commit() throws LogException {
            server.removeTree(directory + "/" + NAME);
            server.rename(part, directory + "/" + NAME);
        }

        @Override
        public void abandon(boolean keepForResume) {
            if (!keepForResume) {
                try {
                    server.removeTree(part);
                } catch (LogException e) {
                    // as a server that is gone has it
                }
            }
        }
    }
}
