package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A log server whose account has a shell. A tree goes there as one stream that is unpacked there; what is small goes over SFTP
 * where there is SFTP, else by scripts.
 */
final class ShellServer implements ServerFiles {
    private final RemoteShell shell;

    @CheckForNull
    private final ServerFiles small;

    private final ServerTools tools;
    private final String how;

    /**
     * @param small what to use for single files; null for scripts
     * @param tools what is there
     */
    ShellServer(RemoteShell shell, @CheckForNull ServerFiles small, ServerTools tools, String how) {
        this.shell = shell;
        this.small = small;
        this.tools = tools;
        this.how = how;
    }

    private void script(String what, String script, byte[] stdin) throws LogException {
        shell.demand(what, script, stdin);
    }

    private static final byte[] NOTHING = new byte[0];

    @Override
    public void makeDirectories(String path) throws LogException {
        if (small != null) {
            small.makeDirectories(path);
        } else {
            script("make a directory", "mkdir -p " + RemoteShell.path(path), NOTHING);
        }
    }

    @Override
    public void write(String path, byte[] content) throws LogException {
        if (small != null) {
            small.write(path, content);
            return;
        }
        String part = RemoteShell.path(path.substring(0, path.lastIndexOf('/') + 1) + PART + UUID.randomUUID());
        script(
                "take a file",
                "cat > " + part + " && [ $(wc -c < " + part + ") = " + content.length + " ] && mv -f " + part + " "
                        + RemoteShell.path(path) + " || { rm -f " + part + "; exit 1; }",
                content);
    }

    @Override
    public void append(String path, long offset, byte[] content) throws LogException {
        if (small != null) {
            small.append(path, offset, content);
            return;
        }
        String file = RemoteShell.path(path);
        // dd cuts the file there, or lengthens it
        script(
                "append to a file",
                "dd if=/dev/null of=" + file + " bs=1 seek=" + offset + " 2>/dev/null && cat >> " + file,
                content);
    }

    @Override
    public byte[] read(String path, int max) throws LogException {
        if (small != null) {
            return small.read(path, max);
        }
        byte[] content = shell.bytes("head -c " + (max + 1L) + " " + RemoteShell.path(path), max);
        if (content.length > max) {
            throw new LogException(LogProblem.SERVER_REFUSED, path + " is longer than " + max + " bytes", null);
        }
        return content;
    }

    @Override
    public List<Entry> list(String path) throws LogException {
        if (small != null) {
            return small.list(path);
        }
        List<Entry> entries = new ArrayList<>();
        String script = "cd " + RemoteShell.path(path) + " && find . ! -name . -prune -exec stat -c '%f %s %Y %n' {} +";
        for (String line : shell.demand("list a directory", script, NOTHING)) {
            String[] words = line.split(" ", 4);
            if (words.length == 4 && words[3].startsWith("./")) {
                boolean directory = (Integer.parseInt(words[0], 16) & 0170000) == 0040000;
                entries.add(new Entry(
                        words[3].substring(2),
                        directory,
                        directory ? 0 : Long.parseLong(words[1]),
                        Long.parseLong(words[2]) * 1000));
            }
        }
        return entries;
    }

    @Override
    public void rename(String from, String to) throws LogException {
        if (small != null) {
            small.rename(from, to);
            return;
        }
        String target = RemoteShell.path(to);
        script("rename", "[ ! -d " + target + " ] && mv -f " + RemoteShell.path(from) + " " + target, NOTHING);
    }

    @Override
    public void removeTree(String path) throws LogException {
        script("remove", "rm -rf " + RemoteShell.path(path), NOTHING);
    }

    @Override
    public boolean exists(String path) throws LogException {
        if (small != null) {
            return small.exists(path);
        }
        String each = RemoteShell.path(path);
        RemoteShell.Output output = shell.run("[ -e " + each + " ] || [ -L " + each + " ] || exit 44", NOTHING);
        if (output.status() != 0 && output.status() != 44) {
            throw new LogException(LogProblem.SERVER_REFUSED, output.text(), null);
        }
        return output.status() == 0;
    }

    @Override
    public TreeSink tree(String directory, String token) throws LogException {
        ShellTree tree = new ShellTree(shell, tools, directory, token);
        tree.begin();
        return tree;
    }

    @Override
    public String how() {
        return how;
    }

    @Override
    public void close() {
        if (small != null) {
            small.close();
        }
    }
}
