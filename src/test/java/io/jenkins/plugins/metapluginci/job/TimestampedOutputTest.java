package io.jenkins.plugins.metapluginci.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.Test;

public class TimestampedOutputTest {
    private static final String TIME = "2014-09-01 12:00:00.250 | ";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final TimestampedOutput out =
            new TimestampedOutput(written, Clock.fixed(Instant.parse("2014-09-01T12:00:00.250Z"), ZoneOffset.UTC));

    @Test
    public void everyLineHasItsTimeHoweverItIsWritten() throws IOException {
        out.write("one\ntwo\n\nthr".getBytes(StandardCharsets.UTF_8));
        out.write("ee ü".getBytes(StandardCharsets.UTF_8));
        out.write('\n');
        out.write('4');
        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo(TIME + "one\n" + TIME + "two\n" + TIME + "\n" + TIME + "three ü\n" + TIME + "4");
    }

    @Test
    public void aLineWithoutItsEndIsPassedOn() throws IOException {
        out.write("waiting".getBytes(StandardCharsets.UTF_8));
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(TIME + "waiting");
    }
}
