package io.jenkins.plugins.metapluginci.layout;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a layout may refer to.
 *
 * @param connections name of each connection and its driver ("gerrit", "smtp" or "sql"), as zuul.conf's [connection NAME]
 *     sections say
 */
public record ParseOptions(Map<String, String> connections) {
    /** One Gerrit called gerrit, and an smtp: what Zuul had without [connection] sections. */
    public static final ParseOptions DEFAULT = new ParseOptions(Map.of("gerrit", "gerrit", "smtp", "smtp"));

    public ParseOptions {
        connections = Collections.unmodifiableMap(new LinkedHashMap<>(connections));
    }
}
