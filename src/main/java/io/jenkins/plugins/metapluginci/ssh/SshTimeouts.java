package io.jenkins.plugins.metapluginci.ssh;

import java.time.Duration;

/**
 * How long to wait for the other side. Every wait of this room is finite: a host that takes a connection and then says
 * nothing must not hold a thread for ever.
 *
 * @param connect for the name look-up and the TCP connection together
 * @param authentication for the key exchange and the log-in together
 * @param channel for the opening of one channel
 * @param heartbeat between two keepalive requests, to which the other side must reply
 * @param missedHeartbeats how many in a row may stay without a reply before the connection counts as cut
 */
public record SshTimeouts(
        Duration connect, Duration authentication, Duration channel, Duration heartbeat, int missedHeartbeats) {
    /** 15 s for each wait; a connection whose other side is gone is noticed within a minute. */
    public static SshTimeouts defaults() {
        return new SshTimeouts(
                Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(15), 3);
    }

    /** The defaults, with {@code metaplugin-ci.ssh.heartbeat} milliseconds between keepalives where that property is set. */
    public static SshTimeouts configured() {
        SshTimeouts d = defaults();
        long heartbeat = Long.getLong("metaplugin-ci.ssh.heartbeat", d.heartbeat.toMillis());
        return new SshTimeouts(
                d.connect,
                d.authentication,
                d.channel,
                heartbeat > 0 ? Duration.ofMillis(heartbeat) : d.heartbeat,
                d.missedHeartbeats);
    }

    /**
     * For one request about a file, such as a write: 30 s, or {@code metaplugin-ci.ssh.request} milliseconds. A connection that
     * answers keepalives and no request is as good as none.
     */
    Duration request() {
        return Duration.ofMillis(Math.max(1, Long.getLong("metaplugin-ci.ssh.request", 30_000)));
    }

    /** Time without any sign of life after which even a half-done key exchange, which has no keepalives, is given up. */
    Duration silence() {
        return heartbeat.multipliedBy(missedHeartbeats + 3L);
    }
}
