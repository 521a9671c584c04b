package io.jenkins.plugins.metapluginci.gerrit;

import java.time.Duration;

/**
 * The waits of a connection to Gerrit.
 *
 * @param silence without a byte from the stream after which Gerrit is asked whether it is still there
 * @param probe for its answer
 * @param command for a query or a review
 * @param firstRetry before the first new attempt after a connection was lost
 * @param lastRetry the most to which that grows
 * @param refusedRetry between attempts that cannot succeed until a person mends something
 * @param stable how long a connection must have lasted for the next wait to be the first again
 */
record GerritTimings(
        Duration silence,
        Duration probe,
        Duration command,
        Duration firstRetry,
        Duration lastRetry,
        Duration refusedRetry,
        Duration stable) {
    static GerritTimings defaults() {
        return new GerritTimings(
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                Duration.ofSeconds(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(60));
    }
}
