package io.jenkins.plugins.metapluginci.merger;

import java.time.Duration;

/**
 * Numbers of this room. Immutable.
 *
 * @param threads requests that are under way at once
 * @param silence how long the other side may let a fetch wait
 * @param fetch how long a fetch may take altogether; the first one of a big project takes long
 * @param packs how many packs a mirror may have before it is packed anew: each fetch leaves one. Twice as many are the most
 *     while it has no quiet moment
 * @param looseObjects likewise; each merge leaves some, one by one
 * @param deletions likewise; each forgotten ref leaves objects that nobody needs
 * @param quiet how long nothing was asked of a mirror before it is packed: that takes seconds, for a big project a minute
 * @param salvage how long after a broken mirror was made anew it may be made anew again
 */
record MergerLimits(
        int threads,
        Duration silence,
        Duration fetch,
        int packs,
        int looseObjects,
        int deletions,
        Duration quiet,
        Duration salvage) {
    static MergerLimits defaults() {
        return new MergerLimits(
                4,
                Duration.ofMinutes(3),
                Duration.ofHours(6),
                100,
                10_000,
                1_000,
                Duration.ofMinutes(1),
                Duration.ofMinutes(10));
    }
}
