package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.layout.FormatProblem;
import io.jenkins.plugins.metapluginci.layout.Problem;
import io.jenkins.plugins.metapluginci.layout.PythonFormat;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What may be in each field: the same checks while somebody types and when the page is saved. Each takes trimmed text and
 * gives a problem for people, or null. None touches the network or tells a secret.
 */
final class Checks {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|\\[?[0-9A-Fa-f:.]{2,45}\\]?");
    private static final Pattern USER = Pattern.compile("[^\\s\\p{Cntrl}:@/]{1,100}");
    private static final Pattern CONNECTION = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern GIT_PERSON = Pattern.compile("[^\\p{Cntrl}<>]{1,200}");
    private static final int MAX_HOURS = 24 * 14;
    private static final int MAX_FOOTER = 1000;

    private Checks() {}

    static String text(@CheckForNull String value) {
        return value == null ? "" : value.trim();
    }

    static FormValidation asValidation(@CheckForNull String problem) {
        return problem == null ? FormValidation.ok() : FormValidation.error(problem);
    }

    @CheckForNull
    static String host(String value) {
        return value.isEmpty() || HOST.matcher(value).matches() ? null : Messages.Checks_host();
    }

    @CheckForNull
    static String port(String value) {
        try {
            int port = Integer.parseInt(value);
            return port >= 1 && port <= 65535 ? null : Messages.Checks_port();
        } catch (NumberFormatException e) {
            return Messages.Checks_port();
        }
    }

    @CheckForNull
    static String user(String value) {
        return value.isEmpty() || USER.matcher(value).matches() ? null : Messages.Checks_user();
    }

    /** Whether the file is there is not asked here: it may come later, and the connection's state tells. */
    @CheckForNull
    static String keyFile(String value) {
        try {
            return value.isEmpty() || Path.of(value).isAbsolute() ? null : Messages.Checks_keyFile();
        } catch (InvalidPathException e) {
            return Messages.Checks_keyFile();
        }
    }

    /**
     * Why a key file is not as private as it must be. It looks at the file: only for administrators.
     *
     * @param value a path that {@link #keyFile} takes, or empty
     * @return null when it is private, not there, or on a file system without POSIX permissions
     */
    @CheckForNull
    static String keyFileOpen(String value) {
        if (value.isEmpty()) {
            return null;
        }
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(Path.of(value));
            boolean open =
                    rights.contains(PosixFilePermission.GROUP_READ) || rights.contains(PosixFilePermission.OTHERS_READ);
            return open ? Messages.Checks_keyFileOpen(PosixFilePermissions.toString(rights)) : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    @CheckForNull
    static String hostKeys(String value) {
        return HostKeys.problem(value);
    }

    @CheckForNull
    static String directory(String value) {
        boolean plain = value.chars().noneMatch(Character::isISOControl);
        boolean up = List.of(value.split("/")).contains("..");
        return plain && !up ? null : Messages.Checks_directory();
    }

    /** @param schemes what the URL may start with, lower case */
    @CheckForNull
    static String url(String value, String... schemes) {
        if (value.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(value);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean whole = uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null;
            boolean secret =
                    uri.getRawUserInfo() != null && uri.getRawUserInfo().contains(":");
            if (secret) {
                return Messages.Checks_urlWithPassword();
            }
            return whole && List.of(schemes).contains(scheme) ? null : Messages.Checks_url(String.join(", ", schemes));
        } catch (URISyntaxException e) {
            return Messages.Checks_url(String.join(", ", schemes));
        }
    }

    @CheckForNull
    static String footer(String value) {
        boolean control = value.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r');
        return value.length() <= MAX_FOOTER && !control ? null : Messages.Checks_footer(MAX_FOOTER);
    }

    @CheckForNull
    static String webUrl(String value) {
        return url(value, "http", "https");
    }

    @CheckForNull
    static String gitUrl(String value) {
        return url(value, "http", "https", "git", "ssh");
    }

    /**
     * Why nodes would not find the controller.
     *
     * @param value of the field; empty for the URL of Jenkins' own configuration
     */
    @CheckForNull
    static String reachable(String value) {
        return value.isEmpty() && NodeAddress.rootUrl() == null ? Messages.Checks_noRootUrl() : null;
    }

    /** How files get to a log server. */
    @CheckForNull
    static String protocol(String value) {
        boolean known = Stream.of(LogServer.Protocol.values())
                .anyMatch(each -> each.name().equals(value));
        return known ? null : Messages.Checks_protocol();
    }

    /** Days or gigabytes; 0 for no limit. */
    @CheckForNull
    static String retention(String value) {
        return value.matches("[0-9]{1,6}") ? null : Messages.Checks_retention();
    }

    @CheckForNull
    static String connection(String value) {
        return CONNECTION.matcher(value).matches() ? null : Messages.Checks_connection();
    }

    @CheckForNull
    static String catchUpHours(String value) {
        try {
            int hours = Integer.parseInt(value);
            return hours >= 0 && hours <= MAX_HOURS ? null : Messages.Checks_catchUpHours(MAX_HOURS);
        } catch (NumberFormatException e) {
            return Messages.Checks_catchUpHours(MAX_HOURS);
        }
    }

    /** A name or an address in a commit. */
    @CheckForNull
    static String gitPerson(String value) {
        return GIT_PERSON.matcher(value).matches() ? null : Messages.Checks_gitPerson();
    }

    /** zuul.conf's {@code url_pattern}. */
    @CheckForNull
    static String urlPattern(String value) {
        if (value.chars().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            return Messages.Checks_urlPattern();
        }
        try {
            PythonFormat.format(value, field -> "x");
            return null;
        } catch (FormatProblem e) {
            return Messages.Checks_urlPatternFormat(e.getMessage());
        }
    }

    /** Text of several lines as the parser counts them. */
    static String lines(@CheckForNull String value) {
        return value == null ? "" : value.replace("\r\n", "\n").replace('\r', '\n');
    }

    /** A layout's problem with its place, for people. */
    static String layoutProblem(Problem problem) {
        return problem.line() == 0
                ? problem.message()
                : Messages.Checks_layout(problem.line(), problem.column(), problem.message());
    }
}
