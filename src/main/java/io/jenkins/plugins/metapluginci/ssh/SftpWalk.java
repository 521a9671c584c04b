package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.sftp.common.SftpConstants;

/** Looks at a whole tree with many requests under way. Used once. */
final class SftpWalk {
    private static final int MAX_DIRECTORIES = 32;
    /** A server answers with some hundred names at a time. */
    private static final int READS_AHEAD = 4;

    private final MinaBulk bulk;
    private final String top;
    private final Map<String, Long> files = new HashMap<>();
    private final List<String> directories = new ArrayList<>();
    private final Deque<String> unread = new ArrayDeque<>();
    private int reading;

    SftpWalk(MinaBulk bulk, String top) {
        this.bulk = bulk;
        this.top = top;
    }

    SftpWalk run() throws IOException {
        unread.add("");
        while (!unread.isEmpty()) {
            while (!unread.isEmpty() && reading < MAX_DIRECTORIES) {
                read(unread.poll());
            }
            // what is read shows further directories
            bulk.finish();
        }
        return this;
    }

    /** By path relative to the top. */
    Map<String, Long> files() {
        return files;
    }

    private String at(String path) {
        return path.isEmpty() ? top : top + "/" + path;
    }

    private void read(String path) throws IOException {
        reading++;
        bulk.ask(SftpConstants.SSH_FXP_OPENDIR, at(path), answer -> {
            if (path.isEmpty() && MinaBulk.status(answer) == SftpConstants.SSH_FX_NO_SUCH_FILE) {
                reading--;
                return;
            }
            bulk.accept(answer, at(path));
            directories.add(path);
            Open open = new Open(path, answer.body().getBytes());
            for (int i = 0; i < READS_AHEAD; i++) {
                open.next();
            }
        });
    }

    /** A directory that is being read. */
    private final class Open {
        private final String path;
        private final byte[] handle;
        private int asked;
        private boolean ended;

        Open(String path, byte[] handle) {
            this.path = path;
            this.handle = handle;
        }

        private Buffer body() {
            Buffer body = SftpWire.body();
            body.putBytes(handle);
            return body;
        }

        void next() throws IOException {
            asked++;
            bulk.ask(SftpConstants.SSH_FXP_READDIR, body(), at(path), answer -> {
                asked--;
                int status = MinaBulk.status(answer);
                if (status == SftpConstants.SSH_FX_EOF) {
                    ended = true;
                } else {
                    bulk.accept(answer, at(path));
                    names(answer.body());
                }
                if (!ended) {
                    next();
                } else if (asked == 0) {
                    reading--;
                    bulk.ask(SftpConstants.SSH_FXP_CLOSE, body(), at(path), closed -> {});
                }
            });
        }

        private void names(Buffer from) {
            int count = from.getInt();
            for (int i = 0; i < count; i++) {
                String name = from.getString(StandardCharsets.UTF_8);
                from.getBytes();
                SftpAttributes is = SftpAttributes.read(from);
                // A name with a slash can only come from a server that lies, and would lead out of the directory.
                if (name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
                    continue;
                }
                String each = path.isEmpty() ? name : path + "/" + name;
                if (is.isDirectory()) {
                    unread.add(each);
                } else {
                    files.put(each, is.size());
                }
            }
        }
    }

    /** Removes what was seen, and the top. */
    void remove() throws IOException {
        for (String file : files.keySet()) {
            bulk.makeRoom();
            bulk.ask(SftpConstants.SSH_FXP_REMOVE, at(file), answer -> {
                if (MinaBulk.status(answer) != SftpConstants.SSH_FX_NO_SUCH_FILE) {
                    bulk.accept(answer, at(file));
                }
            });
        }
        bulk.finish();
        directories.sort(Comparator.comparingInt(SftpWalk::depth).reversed());
        int depth = Integer.MAX_VALUE;
        for (String directory : directories) {
            if (depth(directory) < depth) {
                depth = depth(directory);
                bulk.finish();
            }
            bulk.makeRoom();
            bulk.ask(SftpConstants.SSH_FXP_RMDIR, at(directory), answer -> bulk.accept(answer, at(directory)));
        }
        bulk.finish();
    }

    private static int depth(String path) {
        return path.isEmpty() ? 0 : 1 + (int) path.chars().filter(c -> c == '/').count();
    }
}
