package io.jenkins.plugins.metapluginci.layout;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a layout may refer to.
 *
 * @param connections name of each connection and its driver ("gerrit", "smtp" or "sql"), as zuul.conf's [connection NAME]
 *     sections say
 */
public record ParseOptions(Map<String, String> connections) {
    /** What Zuul can talk to. */
    static final Set<String> DRIVERS = Set.of("gerrit", "smtp", "sql");

    /** One Gerrit called gerrit, and an smtp: what Zuul had without [connection] sections. */
    public static final ParseOptions DEFAULT = new ParseOptions(Map.of("gerrit", "gerrit", "smtp", "smtp"));

    /** @throws IllegalArgumentException for another driver */
    public ParseOptions {
        connections.forEach((name, driver) -> {
            if (!DRIVERS.contains(driver)) {
                throw new IllegalArgumentException("Unknown driver, " + driver + ", for connection " + name);
            }
        });
        connections = Collections.unmodifiableMap(new LinkedHashMap<>(connections));
    }
}
