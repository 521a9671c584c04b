package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.LayoutParser;
import io.jenkins.plugins.metapluginci.layout.LayoutResult;
import io.jenkins.plugins.metapluginci.layout.ParseOptions;
import io.jenkins.plugins.metapluginci.layout.Problem;
import io.jenkins.plugins.metapluginci.layout.ShippedLayouts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a layout from where the settings say: the page's text, or a file. */
public final class LayoutSource {
    /** The largest known layout, OpenStack's own, has 200 KB. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private LayoutSource() {}

    /**
     * A layout that was read.
     *
     * @param text as it was read; empty when it could not be
     * @param result what the parser says of it
     */
    public record Read(String text, LayoutResult result) {
        /** Whether this is the layout that is shipped, which names a job that a new installation does not have. */
        public boolean isDefault() {
            return text.strip().equals(defaultText().strip());
        }
    }

    /** What a new installation has: the layout of the specification. */
    public static String defaultText() {
        return ShippedLayouts.specification();
    }

    /** Reads the layout that is in force with these settings. May read a file. */
    public static Read read(MetapluginCiSettings settings) {
        return read(settings.layout(), settings.layoutFile(), settings.connectionName());
    }

    /** @param file empty for none; goes before the text */
    static Read read(String text, String file, String connection) {
        Map<String, String> connections = new LinkedHashMap<>(ParseOptions.DEFAULT.connections());
        connections.remove(MetapluginCiSettings.CONNECTION);
        connections.put(connection, "gerrit");
        ParseOptions options = new ParseOptions(connections);
        if (file.isEmpty()) {
            return new Read(text, LayoutParser.parse(text, options));
        }
        String content = content(file);
        return content == null
                ? new Read("", new LayoutResult(null, Set.of(), List.of(unreadable(file)), List.of()))
                : new Read(content, LayoutParser.parse(content, options));
    }

    @CheckForNull
    private static String content(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            return bytes.length > MAX_BYTES ? null : new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    /** In Zuul's words. */
    private static Problem unreadable(String file) {
        return new Problem(0, 0, "Unable to read layout config file at " + file);
    }
}
