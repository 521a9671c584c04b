package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpBulk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The same files as {@link DirectoryFiles}, with its failures; what fails shows at the next call, as over a network. */
class DirectoryBulk implements SftpBulk {
    private final DirectoryFiles files;
    private IOException owed;

    DirectoryBulk(DirectoryFiles files) {
        this.files = files;
    }

    private void settle() throws IOException {
        IOException now = owed;
        owed = null;
        if (now != null) {
            throw now;
        }
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        settle();
        try {
            files.makeDirectories(path);
        } catch (IOException e) {
            owed = e;
        }
    }

    @Override
    public long write(String path, InputStream content) throws IOException {
        settle();
        byte[] bytes = content.readAllBytes();
        try (OutputStream out = files.create(path)) {
            out.write(bytes);
        } catch (IOException e) {
            owed = e;
        }
        return bytes.length;
    }

    @Override
    public void finish() throws IOException {
        settle();
    }

    @Override
    public Map<String, Long> files(String directory) throws IOException {
        settle();
        Path top = files.at("files", directory);
        Map<String, Long> all = new HashMap<>();
        if (Files.isDirectory(top)) {
            try (Stream<Path> below = Files.walk(top)) {
                for (Path each : below.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                        .toList()) {
                    all.put(top.relativize(each).toString(), Files.size(each));
                }
            }
        }
        return all;
    }

    @Override
    public void removeTree(String path) throws IOException {
        settle();
        files.removeTree(path);
    }

    @Override
    public void close() {}
}
