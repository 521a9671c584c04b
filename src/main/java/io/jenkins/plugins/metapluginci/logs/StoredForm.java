package io.jenkins.plugins.metapluginci.logs;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * How a file is stored at the log server: text of some length as {@code .gz}, as OpenStack's own log server does it, for a web
 * server that names its encoding; everything else as it is.
 */
final class StoredForm {
    /** Below this, a file takes a block or four of a disk either way. */
    static final int LEAST = 16 * 1024;

    static final String SUFFIX = ".gz";
    /** The suffix and a number must fit into a name, too. */
    private static final int MAX_NAME_BYTES = 245;

    /** Packed in themselves, or of no use to a browser when they are unpacked on the way. */
    private static final Set<String> PACKED = Set.of(
            "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "lz4", "lzma", "zip", "7z", "rar", "jar", "war", "whl",
            "rpm", "deb", "png", "jpg", "jpeg", "gif", "webp", "mp4", "pdf");

    private StoredForm() {}

    /**
     * Whether it is stored packed.
     *
     * @param head the content's first bytes
     * @param length of the head that counts
     */
    static boolean isPacked(String path, long size, byte[] head, int length) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return size >= LEAST
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES
                && !PACKED.contains(name.substring(name.lastIndexOf('.') + 1))
                && isText(head, length);
    }

    /** Whether it can be packed at all, before anything of it is read. */
    static boolean mayBePacked(long size) {
        return size >= LEAST;
    }

    /** As file(1) and git see it: text has no zero bytes. */
    private static boolean isText(byte[] head, int length) {
        for (int i = 0; i < length; i++) {
            if (head[i] == 0) {
                return false;
            }
        }
        return true;
    }
}
