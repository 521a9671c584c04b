package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A log server's files in a directory of this machine; can be made to fail. */
class DirectoryFiles implements SftpFiles {
    private final Path root;
    final List<String> requests = new ArrayList<>();
    /** Fails the request with this text in it. */
    volatile String failing;
    /** What it fails with. */
    volatile IOException failure = new IOException("disk full");
    /** How many bytes may be written before writes fail. */
    volatile long room = Long.MAX_VALUE;

    volatile int closed;

    DirectoryFiles(Path root) {
        this.root = root;
    }

    Path at(String request, String path) throws IOException {
        String line = request + " " + path;
        requests.add(line);
        if (failing != null && line.contains(failing)) {
            throw failure;
        }
        Path resolved = root.resolve(path).normalize();
        if (!resolved.startsWith(root)) {
            throw new IOException("outside of the root: " + path);
        }
        return resolved;
    }

    @Override
    public void makeDirectories(String path) throws IOException {
        Files.createDirectories(at("mkdir", path));
    }

    @Override
    public OutputStream create(String path) throws IOException {
        return new FilterOutputStream(Files.newOutputStream(at("create", path))) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                room -= length;
                if (room < 0) {
                    throw failure;
                }
                out.write(bytes, offset, length);
            }
        };
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path target = at("rename " + from, to);
        if (Files.isDirectory(target)) {
            throw new IOException("is a directory: " + to);
        }
        Files.move(root.resolve(from), target, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void removeTree(String path) throws IOException {
        Path top = at("remove", path);
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(top)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Override
    public boolean exists(String path) throws IOException {
        return Files.exists(at("exists", path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> list(String path) throws IOException {
        try (Stream<Path> all = Files.list(at("list", path))) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public List<Entry> entries(String path) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String name : list(path)) {
            Path each = root.resolve(path).resolve(name);
            boolean directory = Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS);
            entries.add(new Entry(
                    name,
                    directory,
                    directory ? 0 : Files.size(each),
                    Files.getLastModifiedTime(each).toMillis()));
        }
        return entries;
    }

    @Override
    public void write(String path, long offset, byte[] content) throws IOException {
        room -= content.length;
        if (room < 0) {
            throw failure;
        }
        try (FileChannel file =
                FileChannel.open(at("write", path), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(content), offset);
        }
    }

    @Override
    public byte[] read(String path, int maxBytes) throws IOException {
        Path file = at("read", path);
        if (!Files.exists(file)) {
            throw new NoSuchFileException(path);
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > maxBytes) {
            throw new IOException("too long");
        }
        return bytes;
    }

    @Override
    public void close() {
        closed++;
    }

    /** Every file and directory below a path, relative to it, sorted. */
    static List<String> tree(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            return all.filter(each -> !each.equals(top))
                    .map(each -> top.relativize(each).toString())
                    .sorted()
                    .toList();
        }
    }
}
