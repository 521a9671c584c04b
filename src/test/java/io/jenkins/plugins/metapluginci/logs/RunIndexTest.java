package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.Test;

public class RunIndexTest {
    private static RunLogs.File file(String path, long size) {
        return new RunLogs.File(path, size);
    }

    private static Document page(RunFacts facts, RunLogs logs) {
        return Jsoup.parse(RunIndex.of(facts, logs, null, null));
    }

    @Test
    public void saysWhatWasRunAndHowItEnded() {
        Document page = page(RunPagesTest.FACTS, RunLogs.published(List.of(), List.of()));
        assertThat(page.select("dl").first().text())
                .isEqualTo("Result FAILURE Change openstack/neutron 42,1 Branch master Pipeline check Job check"
                        + " Started 2014-05-13 16:53:20 UTC Ended 2014-05-13 17:55:25 UTC Duration 1h 02m 05s");
        assertThat(page.select("dl a[href^=javascript]")).isEmpty();
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .contains("default-src 'none'");
    }

    @Test
    public void theChangeLeadsToGerrit() {
        RunFacts.Tested tested =
                new RunFacts.Tested("p", "master", "42", "1", "https://review.example.org/42?a=\"b", "check");
        RunFacts facts = new RunFacts("t", "j", "n", tested, "SUCCESS", 1, 2, "", Map.of());
        assertThat(page(facts, RunLogs.published(List.of(), List.of()))
                        .select("dd a")
                        .first()
                        .attr("href"))
                .isEqualTo("https://review.example.org/42?a=\"b");
    }

    @Test
    public void filesAreATreeOfLinksWithSizes() {
        Document page = page(
                RunPagesTest.FACTS,
                RunLogs.published(
                        List.of(
                                file("b/c/deep.txt.gz", 1_234_567),
                                file("a.log", 1),
                                file("b/<img src=x onerror=alert(1)>%.txt", 2000)),
                        List.of("left out, a device: <x>")));
        assertThat(page.select(".files").text())
                .isEqualTo("b/ 2 files, 1.2 MB c/ 1 file, 1.2 MB deep.txt.gz 1.2 MB"
                        + " <img src=x onerror=alert(1)>%.txt 2.0 KB a.log 1 byte");
        assertThat(page.select("img")).isEmpty();
        assertThat(page.select(".files li > a").eachAttr("href"))
                .containsExactly(
                        "logs/b/c/deep.txt.gz",
                        "logs/b/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E%25.txt".replace("%3D", "="),
                        "logs/a.log");
        assertThat(page.select(".notes li").text()).isEqualTo("left out, a device: <x>");
        assertThat(page.select("script")).isEmpty();
    }

    @Test
    public void artifactsThatOpenStackAsksForAreAtTheTop() {
        Document page = page(
                RunPagesTest.FACTS,
                RunLogs.published(
                        List.of(
                                file("testr_results.html.gz", 5),
                                file("deeper/tempest.conf.gz", 5),
                                file("devstacklog.txt.gz", 5),
                                file("screen-q-svc.txt.gz", 5),
                                file("screen-n-cpu.txt.gz", 5),
                                file("reproduce.sh", 5),
                                file("notes.md", 5)),
                        List.of()));
        assertThat(page.select("dl.artifacts").text())
                .isEqualTo("Console console.html console.txt Environment environment.txt reproduce.sh"
                        + " Test configuration deeper/tempest.conf.gz Tempest testr_results.html.gz"
                        + " Commands devstacklog.txt.gz OpenStack logs screen-n-cpu.txt.gz screen-q-svc.txt.gz");
    }

    @Test
    public void aHugeTreeIsABoundedPage() {
        List<RunLogs.File> files = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            files.add(file("directory-" + i % 7 + "/file-" + i, 0));
        }
        Document page = page(RunPagesTest.FACTS, RunLogs.published(files, List.of()));
        assertThat(page.select(".files li").size()).isBetween(RunIndex.MAX_ROWS, RunIndex.MAX_ROWS + 20);
        assertThat(page.select("h2 + p").text()).isEqualTo("logs/ 100000 files, 0 bytes");
        assertThat(page.select(".files").text()).contains("more files");
        assertThat(page.select("details[open]")).isEmpty();
    }

    @Test
    public void whatIsNotThereIsSaid() {
        assertThat(page(RunPagesTest.FACTS, RunLogs.missing("the node went away <>", List.of()))
                        .select(".problem")
                        .text())
                .isEqualTo("The logs are missing: the node went away <>.");
        assertThat(page(RunPagesTest.FACTS, RunLogs.waiting("the log server cannot be reached", List.of()))
                        .select("p.wait")
                        .text())
                .isEqualTo("The logs will be here later: the log server cannot be reached.");
        assertThat(page(RunPagesTest.FACTS, RunLogs.published(List.of(), List.of()))
                        .select("p.soft")
                        .text())
                .isEqualTo("No file matched.");
    }
}
