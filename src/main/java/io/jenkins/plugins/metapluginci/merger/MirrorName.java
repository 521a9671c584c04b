package io.jenkins.plugins.metapluginci.merger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names of mirrors' directories: one flat directory, a name for each project, and no project's name leads out of it or to
 * another project's.
 */
final class MirrorName {
    static final String END = ".git";
    private static final int LONGEST = 180;

    private MirrorName() {}

    /** Whether a project can have this name at all. Gerrit's own rules are stricter. */
    static boolean isProject(String project) {
        return !project.isEmpty()
                && project.length() <= 1000
                && project.chars().noneMatch(c -> c < ' ' || c == 0x7f)
                && !project.startsWith("/")
                && !project.startsWith("-")
                && !project.endsWith("/");
    }

    /** {@code openstack%2Fnova.git}; a long name is cut and made unique by a digest. */
    static String directory(String project) {
        StringBuilder name = new StringBuilder();
        for (byte each : project.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean plain = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.' && name.length() > 0;
            if (plain) {
                name.append(c);
            } else {
                name.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            }
        }
        if (name.length() > LONGEST) {
            // "%%" is in no other name.
            return name.substring(0, LONGEST - 70) + "%%" + sha256(project) + END;
        }
        return name + END;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
