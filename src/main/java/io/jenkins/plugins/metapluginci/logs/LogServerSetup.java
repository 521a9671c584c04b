package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What an operator needs to set up a log server: the site of Apache httpd, and a script that does all of it on Debian. */
public final class LogServerSetup {
    /** Where the script puts everything unless told otherwise. */
    public static final String DIRECTORY = "/srv/metaplugin-ci";

    private LogServerSetup() {}

    /** The shell script, run as root on the machine that is to be the log server. */
    public static String script() {
        return resource("setup-log-server.sh").replace("@SITE@", resource("apache-site.conf"));
    }

    /**
     * A site for Apache httpd 2.4 that shows logs as they are published.
     *
     * @param directory the root directory of the log server, as its web server knows it
     * @param baseUrl of the configuration; null for the root of any name
     */
    public static String apacheSite(String directory, @CheckForNull URI baseUrl) {
        String path = baseUrl == null || baseUrl.getPath() == null ? "/" : baseUrl.getPath();
        String name = baseUrl == null || baseUrl.getHost() == null ? "localhost" : baseUrl.getHost();
        String safe = path.matches("/[A-Za-z0-9._~/-]*") ? path.endsWith("/") ? path : path + "/" : "/";
        return apacheSite(directory, name, "*:80", safe);
    }

    /**
     * The same at an address.
     *
     * @param address and port, as {@code VirtualHost} takes them
     * @param path of the URL, with a slash at both ends
     */
    public static String apacheSite(String directory, String name, String address, String path) {
        String plain = directory.matches("(/[A-Za-z0-9._-]+)+/?") ? directory : DIRECTORY + "/logs";
        String root = path.equals("/")
                ? "DocumentRoot \"" + plain + "\""
                : "Alias \"" + path + "\" \"" + plain + (plain.endsWith("/") ? "" : "/") + "\"";
        return resource("apache-site.conf")
                .replace("@LISTEN@", "")
                .replace("@ADDRESS@", address)
                .replace("@NAME@", name)
                .replace("@ROOT@", root)
                .replace("@DIRECTORY@", plain)
                .replace("@PATH@", path);
    }

    private static String resource(String name) {
        try (InputStream in = LogServerSetup.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
