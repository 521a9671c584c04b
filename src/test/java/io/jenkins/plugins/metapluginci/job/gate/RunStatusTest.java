package io.jenkins.plugins.metapluginci.job.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.Test;

public class RunStatusTest {
    @Test
    public void readsWhatTheNodePrints() {
        assertThat(RunStatus.parse("status exited 0\n")).isEqualTo(new RunStatus(RunStatus.Kind.EXITED, 0, "", false));
        assertThat(RunStatus.parse("left 12 13 \nlogs linked\nstatus timed-out\n"))
                .isEqualTo(new RunStatus(RunStatus.Kind.TIMED_OUT, null, "12 13", true));
        assertThat(RunStatus.parse("status not-started 127\n"))
                .isEqualTo(new RunStatus(RunStatus.Kind.NOT_STARTED, 127, "", false));
    }

    @Test
    public void anythingElseIsUnknown() {
        for (String text :
                new String[] {"", "status exited", "status exited -1", "status exited 0 or so", "exited 0"}) {
            assertThat(RunStatus.parse(text)).isEqualTo(RunStatus.NOTHING);
        }
    }
}
