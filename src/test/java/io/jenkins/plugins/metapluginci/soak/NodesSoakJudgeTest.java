package io.jenkins.plugins.metapluginci.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.acceptance.Journal.Line;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Asked;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Breach;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Evidence;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Finding;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Hit;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Offline;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Verdict;
import io.jenkins.plugins.metapluginci.testbed.Node.Boot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Before;
import org.junit.Test;

/** The judge finds each breach that is put before it, and none where there is none. */
public class NodesSoakJudgeTest {
    private static final String GOOD = "Build succeeded.\n\n- job http://logs/1/ : SUCCESS in 3s";
    private static final String BAD = "Build failed.\n\n- job http://logs/1/ : FAILURE in 3s";

    private final List<Asked> asked = new ArrayList<>();
    private final List<Line> journal = new ArrayList<>();
    private final Map<String, List<Boot>> boots = new HashMap<>();
    private final List<Hit> hits = new ArrayList<>();
    private final List<Offline> offlines = new ArrayList<>();

    /** Two nodes; each ran a test in its first boot, a last one in its second, and is now in its third. */
    @Before
    public void everythingIsAsItMustBe() {
        boots("a", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        boots("b", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        asked.add(new Asked("1,1", true, List.of(GOOD)));
        asked.add(new Asked("2,1", false, List.of(BAD)));
        run("a", 1, "1,1", 100);
        run("b", 1, "2,1", 101);
        asked.add(new Asked("8,1", true, List.of(GOOD)));
        asked.add(new Asked("9,1", true, List.of(GOOD)));
        run("a", 2, "8,1", 200);
        run("b", 2, "9,1", 200);
    }

    @Test
    public void nothingIsFoundWhereNothingIs() {
        line("a", "start", "others", "-", 1, 90);
        line("a", "end", "others", "-", 1, 91);
        Verdict verdict = verdict();
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict)
                .extracting(Verdict::runs, Verdict::ended, Verdict::others, Verdict::boots)
                .containsExactly(4, 4, 1, 6);
    }

    @Test
    public void aTestThatWasCutByAFaultAndRunAgainIsAsItMustBe() {
        boots("a", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        asked.add(new Asked("3,1", true, List.of(GOOD)));
        line("a", "start", "3,1", "first", 3, 300);
        hits.add(new Hit("a", 302));
        boots("b", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        run("b", 3, "3,1", 310);
        assertThat(verdict().findings()).isEmpty();
    }

    @Test
    public void aTestThatNeverEndedIsFound() {
        asked.add(new Asked("3,1", true, List.of(GOOD)));
        assertBreach(Breach.LOST);
    }

    @Test
    public void aTestWithoutAReportIsFound() {
        asked.set(0, new Asked("1,1", true, List.of()));
        assertBreach(Breach.LOST);
    }

    @Test
    public void wrongReportsAndSecondOnesAreFound() {
        asked.set(0, new Asked("1,1", true, List.of(BAD)));
        assertBreach(Breach.WRONG);
        asked.set(0, new Asked("1,1", true, List.of("Build failed.\n\n- job : RETRY_LIMIT in 3s")));
        assertBreach(Breach.WRONG);
        asked.set(0, new Asked("1,1", true, List.of(GOOD, GOOD)));
        assertBreach(Breach.WRONG);
    }

    @Test
    public void aSecondRunInOneBootIsFound() {
        asked.add(new Asked("3,1", true, List.of(GOOD)));
        run("a", 1, "3,1", 110);
        assertBreach(Breach.DIRTY);
    }

    @Test
    public void anotherJobsBuildBetweenARunAndItsRebootIsFound() {
        line("b", "start", "others", "-", 1, 130);
        assertBreach(Breach.DIRTY);
    }

    @Test
    public void whatAnEarlierRunLeftIsFound() {
        Line start = journal.remove(0);
        journal.add(
                0,
                new Line(
                        "a",
                        "start",
                        "1,1",
                        start.uuid(),
                        start.bootId(),
                        start.at(),
                        List.of("/opt/stack/new/left-0")));
        assertBreach(Breach.DIRTY);
    }

    @Test
    public void aBootIdThatTheMachineNeverHadIsFound() {
        boots("a", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        asked.add(new Asked("3,1", true, List.of(GOOD)));
        run("a", 77, "3,1", 300);
        assertBreach(Breach.DIRTY);
    }

    @Test
    public void aTestThatWasRunAgainForNothingIsFound() {
        boots("b", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        run("b", 3, "1,1", 300);
        hits.add(new Hit("b", 102));
        assertBreach(Breach.REPEATED);
        hits.add(new Hit("a", 105));
        assertThat(verdict().findings()).isEmpty();
    }

    @Test
    public void aRunThatWasCutByNothingIsFound() {
        boots("a", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.RUNNING);
        line("a", "start", "2,1", "cut", 3, 300);
        assertBreach(Breach.CUT);
        boots("a", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.POWER_CUT, Boot.End.RUNNING);
        assertThat(verdict().findings()).isEmpty();
    }

    @Test
    public void aRunOnAnAdministratorsNodeIsFound() {
        offlines.add(new Offline("a", 190, 210));
        assertBreach(Breach.UNWANTED);
        offlines.set(0, new Offline("a", 199, 210));
        assertThat(verdict().findings()).isEmpty();
    }

    @Test
    public void aNodeWithoutALastBuildIsFound() {
        journal.removeIf(line -> line.what().equals("9,1"));
        asked.remove(3);
        assertBreach(Breach.LEFT_BEHIND);
    }

    @Test
    public void aNodeThatWasNotRebootedAtTheEndOrIsOffIsFound() {
        boots("a", Boot.End.REBOOT, Boot.End.RUNNING);
        assertBreach(Breach.LEFT_BEHIND);
        boots("a", Boot.End.REBOOT, Boot.End.REBOOT, Boot.End.HALT);
        assertBreach(Breach.LEFT_BEHIND);
    }

    private void assertBreach(Breach breach) {
        assertThat(verdict().findings()).extracting(Finding::breach).containsExactly(breach);
        assertThat(verdict().count(breach)).isEqualTo(1);
    }

    private Verdict verdict() {
        journal.sort(Comparator.comparingDouble(Line::at));
        return NodesJudge.of(new Evidence(asked, journal, boots, hits, offlines, Set.of("8,1", "9,1")));
    }

    private void boots(String node, Boot.End... ends) {
        List<Boot> all = new ArrayList<>();
        for (Boot.End end : ends) {
            all.add(new Boot(bootId(node, all.size() + 1), 1, end == Boot.End.RUNNING ? 0 : 2, end));
        }
        boots.put(node, all);
    }

    private void run(String node, int boot, String what, double at) {
        String uuid = what + "-" + at;
        line(node, "start", what, uuid, boot, at);
        line(node, "done", what, uuid, boot, at + 3);
        line(node, "end", what, uuid, boot, at + 3);
    }

    private void line(String node, String event, String what, String uuid, int boot, double at) {
        journal.add(new Line(node, event, what, uuid, bootId(node, boot), at, List.of()));
    }

    private static String bootId(String node, int boot) {
        return "boot-" + node + "-" + boot;
    }
}
