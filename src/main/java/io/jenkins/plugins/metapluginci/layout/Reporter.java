package io.jenkins.plugins.metapluginci.layout;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One way in which a pipeline reports.
 *
 * @param connection name of the connection, "gerrit" as a rule
 * @param options in the layout's order, such as verified=1; a plain switch is "true". Empty: a comment without a vote
 */
public record Reporter(String connection, Map<String, String> options) {
    public Reporter {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
}
