package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/**
 * The parsed text of {@link HostKeys}. Immutable.
 *
 * <p>The format of known_hosts is that of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". As ssh(1) does, a name without a port
 * stands for the host on any port.
 */
final class HostKeyList {
    /** Each key type with the signature algorithms that prove it, best first (RFC 8332 for RSA). */
    private static final Map<String, List<String>> ALGORITHMS = Map.of(
            "ssh-ed25519", List.of("ssh-ed25519"),
            "ecdsa-sha2-nistp256", List.of("ecdsa-sha2-nistp256"),
            "ecdsa-sha2-nistp384", List.of("ecdsa-sha2-nistp384"),
            "ecdsa-sha2-nistp521", List.of("ecdsa-sha2-nistp521"),
            "ssh-rsa", List.of("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"));
    /** The order of ssh(1), without certificates: what is shown must be a key that can be pasted. */
    private static final List<String> DEFAULT_ORDER = List.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256",
            "ssh-rsa");

    private final List<Line> lines;

    private HostKeyList(List<Line> lines) {
        this.lines = lines;
    }

    /** One accepted key. @param names host patterns; empty for any host */
    private record Line(List<String> names, String type, byte[] key) {
        boolean isFor(String host, int port) {
            boolean found = names.isEmpty();
            for (String name : names) {
                boolean negated = name.startsWith("!");
                if (matches(negated ? name.substring(1) : name, host, port)) {
                    if (negated) {
                        return false;
                    }
                    found = true;
                }
            }
            return found;
        }
    }

    /** The text is not a list of host keys; the message says which line, why, and what to put there. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(int line, String problem) {
            super("Line " + line + " of the host keys: " + problem);
        }
    }

    static HostKeyList parse(String text) throws MalformedException {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String raw : (text == null ? "" : text).split("\r\n|\r|\n", -1)) {
            number++;
            String line = raw.strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                lines.add(parseLine(number, line));
            }
        }
        return new HostKeyList(List.copyOf(lines));
    }

    private static Line parseLine(int number, String line) throws MalformedException {
        if (line.startsWith("-----") || line.contains("PRIVATE KEY")) {
            throw new MalformedException(
                    number, "this is part of a private key. Put the host's public key here (ssh-keyscan shows it).");
        }
        if (line.startsWith("@")) {
            throw new MalformedException(
                    number, "markers such as @cert-authority are not supported. Put the host's own key here.");
        }
        if (line.startsWith("SHA256:") || line.startsWith("MD5:")) {
            throw new MalformedException(
                    number, "a fingerprint is not enough. Put the whole key here (ssh-keyscan shows it).");
        }
        String[] words = line.split("\\s+");
        if (words.length >= 2 && isType(words[0])) {
            return new Line(List.of(), words[0], decode(number, words[0], words[1]));
        }
        if (words.length >= 3 && isType(words[1])) {
            return new Line(List.of(words[0].split(",")), words[1], decode(number, words[1], words[2]));
        }
        throw new MalformedException(
                number,
                "this is not a host key. Expected is \"ssh-ed25519 AAAA...\" or a line of a known_hosts file;"
                        + " the key types are "
                        + String.join(
                                ", ", ALGORITHMS.keySet().stream().sorted().toList()) + ".");
    }

    private static boolean isType(String word) {
        return ALGORITHMS.containsKey(word);
    }

    private static byte[] decode(int number, String type, String base64) throws MalformedException {
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            PublicKeyEntry entry = new PublicKeyEntry(type, key);
            if (entry.resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING) == null) {
                throw new IllegalArgumentException("no key");
            }
            return key;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new MalformedException(
                    number, "the key after \"" + type + "\" is not whole. Copy it again, on one line.");
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Whether the host may show this key. @param key in the encoding of RFC 4253, section 6.6 */
    boolean accepts(String host, int port, byte[] key) {
        return lines.stream().anyMatch(line -> line.isFor(host, port) && Arrays.equals(line.key, key));
    }

    /** Fingerprints of the keys that the host may show, as {@code TYPE SHA256:…}. */
    List<String> fingerprints(String host, int port) {
        return lines.stream()
                .filter(line -> line.isFor(host, port))
                .map(line -> line.type + " " + SshKeys.fingerprint(line.key))
                .distinct()
                .toList();
    }

    /**
     * The host-key algorithms to offer: those of the configured types first, so that a host with several keys shows one that
     * can be accepted, then the others, so that a host with none of them can still be named in the error.
     *
     * @param supported what the library can do
     */
    List<String> algorithms(String host, int port, Set<String> supported) {
        Set<String> order = new LinkedHashSet<>();
        for (Line line : lines) {
            if (line.isFor(host, port)) {
                order.addAll(ALGORITHMS.get(line.type));
            }
        }
        order.addAll(DEFAULT_ORDER);
        order.retainAll(supported);
        return List.copyOf(order);
    }

    private static boolean matches(String pattern, String host, int port) {
        if (pattern.startsWith("|1|")) {
            return matchesHash(pattern, host) || matchesHash(pattern, "[" + host + "]:" + port);
        }
        return glob(pattern, host) || glob(pattern, "[" + host + "]:" + port);
    }

    /** {@code |1|BASE64(salt)|BASE64(HMAC-SHA1(salt, name))}, as {@code ssh-keygen -H} writes it. */
    private static boolean matchesHash(String pattern, String name) {
        String[] parts = pattern.substring(3).split("\\|");
        if (parts.length != 2) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[0]), "HmacSHA1"));
            byte[] hash = mac.doFinal(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            return Arrays.equals(hash, Base64.getDecoder().decode(parts[1]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean glob(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toLowerCase(Locale.ROOT).toCharArray()) {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.matches(regex.toString(), name.toLowerCase(Locale.ROOT));
    }
}
