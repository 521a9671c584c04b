package io.jenkins.plugins.metapluginci.merger;

import java.time.Duration;

/**
 * What the server of refs grants. Immutable.
 *
 * @param connections at once; more wait
 * @param connectionsPerAddress at once; more are cut, so that one node cannot take all
 * @param request how long a client may take to say what it wants
 * @param silence how long it may let the server wait later
 * @param whole how long a connection may last
 */
record ServerLimits(int connections, int connectionsPerAddress, Duration request, Duration silence, Duration whole) {
    static ServerLimits defaults() {
        return new ServerLimits(64, 32, Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofHours(1));
    }
}
