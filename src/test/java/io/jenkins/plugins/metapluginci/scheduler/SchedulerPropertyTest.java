package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/**
 * Random histories with crashes at every write: an item is reported exactly once, a superseded one never, a mutex is never
 * shared, no event is lost. {@code -Dproperty.runs=100000} plays as many; {@code -Dproperty.seed} says from which on.
 */
public class SchedulerPropertyTest {
    private static final long RUNS = Long.getLong("property.runs", 10_000);
    private static final long SEED = Long.getLong("property.seed", 1);
    /** Enough for each seeded breach to show. */
    private static final long ENOUGH = 5_000;

    /** Held, or its level would be forgotten. */
    private static final Logger LOGGER = Logger.getLogger(Engine.class.getPackageName());

    private Level before;

    @Before
    public void quiet() {
        before = LOGGER.getLevel();
        LOGGER.setLevel(RUNS == 1 ? Level.INFO : Level.OFF);
    }

    @After
    public void loud() {
        LOGGER.setLevel(before);
    }

    @Test
    public void whateverHappens() {
        LongStream.range(SEED, SEED + RUNS).parallel().forEach(seed -> play(seed, Breach.NONE));
    }

    private static void play(long seed, Breach breach) {
        try {
            new Simulation(seed, breach).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("history " + seed + ": " + e.getMessage(), e);
        }
    }

    @Test
    public void aReportThatIsSentTwiceIsNoticed() {
        assertThatThrownBy(() -> playMany(Breach.FORGETS_SENDING)).hasMessageContaining("reported twice");
    }

    @Test
    public void aSupersededReportIsNoticed() {
        assertThatThrownBy(() -> playMany(Breach.KEEPS_SUPERSEDED)).hasMessageContaining("superseded");
    }

    @Test
    public void aSharedMutexIsNoticed() {
        assertThatThrownBy(() -> playMany(Breach.NO_MUTEX)).hasMessageContaining("a mutex is shared");
    }

    @Test
    public void aLostEventIsNoticed() {
        assertThatThrownBy(() -> playMany(Breach.HASTY_POSITION)).hasMessageContaining("lost");
    }

    @Test
    public void anEventThatIsDecidedTwiceIsNoticed() {
        assertThatThrownBy(() -> playMany(Breach.FORGETS_KEYS)).hasMessageContaining("times for");
    }

    private static void playMany(Breach breach) {
        assertThat(ENOUGH).isPositive();
        for (long seed = 1; seed <= ENOUGH; seed++) {
            play(seed, breach);
        }
    }
}
