package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.logs.RunHistory.Neighbours;
import io.jenkins.plugins.metapluginci.logs.RunHistory.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class RunHistoryTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path directory() {
        return temporary.getRoot().toPath().resolve("changes");
    }

    private static Run run(int number) {
        return new Run("logs", "42/" + number, "#" + number, number);
    }

    @Test
    public void aRunFollowsTheLastOneOfItsChangeAlsoAfterARestart() throws Exception {
        assertThat(new RunHistory(directory(), 10).begun("a 42 job", run(1))).isEqualTo(Neighbours.NONE);
        RunHistory again = new RunHistory(directory(), 10);
        assertThat(again.begun("a 43 job", run(2))).isEqualTo(Neighbours.NONE);
        assertThat(again.begun("a 42 job", run(3))).isEqualTo(new Neighbours(run(1), null));
        assertThat(again.begun("a 42 job", run(1))).isEqualTo(new Neighbours(null, run(3)));
        assertThat(again.begun("a 42 job", new Run("other", "42/4", "#4", 4))).isEqualTo(Neighbours.NONE);
    }

    @Test
    public void aRunThatTakesAnothersPlaceReplacesIt() throws Exception {
        RunHistory history = new RunHistory(directory(), 10);
        history.begun("c", run(1));
        history.begun("c", new Run("logs", "42/1", "#1 again", 5));
        assertThat(history.begun("c", run(9)).previous().title()).isEqualTo("#1 again");
    }

    @Test
    public void bothItsNumbersAreBounded() throws Exception {
        RunHistory history = new RunHistory(directory(), 3);
        for (int i = 0; i < 2 * RunHistory.MAX_RUNS; i++) {
            history.begun("long", run(i));
        }
        assertThat(history.begun("long", run(RunHistory.MAX_RUNS)).previous()).isNull();
        for (int i = 0; i < 500; i++) {
            history.begun("change " + i, run(i));
            try (Stream<Path> files = Files.list(directory())) {
                for (Path file : files.toList()) {
                    if (i == 0) {
                        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
                    }
                }
            }
        }
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files.count()).isLessThan(110);
        }
    }

    @Test
    public void aLinkIsRelativeSoThatAnyBaseUrlWillDo() {
        assertThat(RunHistory.href("42/42/1/check/job/abc", "42/42/2/check/job/d f"))
                .isEqualTo("../../../../2/check/job/d%20f/");
        assertThat(RunHistory.href("manual/a", "x")).isEqualTo("../../x/");
        assertThat(RunHistory.href("a/b", "a/b/c")).isEqualTo("c/");
        assertThat(RunHistory.href("a", "a")).isEqualTo("./");
    }
}
