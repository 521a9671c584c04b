package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.Test;

public class NodeCheckupTest {
    private static final CheckSettings ALL = NodeSettings.defaults().checks();
    private static final String GOOD = """
            metaplugin-ci begin 1000.100000000
            metaplugin-ci sudo yes
            metaplugin-ci git git version 2.39.5
            metaplugin-ci java openjdk version "17.0.12" 2024-07-16
            metaplugin-ci gate yes
            metaplugin-ci disk 40000000
            metaplugin-ci memory 8000000
            metaplugin-ci end 1000.900000000
            """;

    private static CheckReport report(String text, long before, long after) {
        return new CheckVerdict(ALL, "/home/jenkins/workspaces", CheckAnswer.of(text)).report(before, after);
    }

    private static CheckResult of(CheckReport report, String name) {
        return report.results().stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    public void aNodeInOrderPasses() {
        CheckReport report = report(GOOD, 1_000_000, 1_001_000);

        assertThat(report.firstFailure()).isNull();
        assertThat(report.results().stream().map(CheckResult::name))
                .containsExactly("sudo", "git", "java", "devstack-gate", "free disk", "memory", "clock", "leftovers");
        assertThat(of(report, "free disk").detail()).contains("41.0 GB").contains("10.0 GB");
        assertThat(of(report, "clock").detail()).contains("right as far as can be told");
    }

    @Test
    public void eachFailureSaysWhatWasFoundAndWhatIsWanted() {
        assertFailure(GOOD.replace("sudo yes", "sudo no"), "sudo", "NOPASSWD");
        assertFailure(GOOD.replace("git git version 2.39.5", "git "), "git", "no git");
        assertFailure(GOOD.replaceFirst("java openjdk.*", "java "), "java", "no java");
        assertFailure(GOOD.replace("gate yes", "gate no"), "devstack-gate", "/opt/devstack-gate is not there");
        assertFailure(GOOD.replace("gate yes", "gate empty"), "devstack-gate", "devstack-vm-gate-wrap.sh");
        assertFailure(GOOD.replace("disk 40000000", "disk 4000000"), "free disk", "4.1 GB", "10.0 GB");
        assertFailure(GOOD.replace("disk 40000000", "disk lots"), "free disk", "did not tell");
        assertFailure(GOOD.replace("memory 8000000", "memory 2000000"), "memory", "2.0 GB", "4.0 GB");
        assertFailure(GOOD + "metaplugin-ci process 4711 mysqld\n", "leftovers", "4711 mysqld", "reboot");
        assertFailure(GOOD + "metaplugin-ci mount /opt/stack/data\n", "leftovers", "/opt/stack/data");
    }

    private static void assertFailure(String text, String name, String... words) {
        CheckResult failure = report(text, 1_000_000, 1_001_000).firstFailure();
        assertThat(failure).isNotNull();
        assertThat(failure.name()).isEqualTo(name);
        assertThat(failure.detail()).contains(words);
    }

    @Test
    public void theClockIsOffByWhatTheWayThereAndBackCannotExplain() {
        assertThat(of(report(GOOD, 990_000, 1_000_950), "clock").passed()).isTrue();
        assertThat(of(report(GOOD, 1_005_000, 1_005_800), "clock").passed()).isTrue();
        assertThat(of(report(GOOD, 1_005_200, 1_006_000), "clock").detail()).startsWith("5.1 s behind");
        assertThat(of(report(GOOD, 1_005_200, 1_006_000), "clock").passed()).isFalse();
        assertThat(of(report(GOOD, 995_000, 995_900), "clock").passed()).isTrue();
        assertThat(of(report(GOOD, 993_000, 993_900), "clock").detail()).startsWith("7.0 s ahead");
        assertThat(of(report(GOOD, 993_000, 993_900), "clock").passed()).isFalse();
        assertThat(of(report(GOOD.replace(".100000000", ".N").replace(".900000000", ""), 1_000_000, 1_001_000), "clock")
                        .passed())
                .isTrue();
    }

    @Test
    public void whatIsSwitchedOffIsNotLookedAt() {
        CheckReport report = new CheckVerdict(CheckSettings.none(), "/r", CheckAnswer.of(GOOD)).report(0, 0);
        assertThat(report.results()).isEmpty();
    }

    @Test
    public void aHostileAnswerIsBoundedAndPrintable() {
        StringBuilder text = new StringBuilder("\u001b[31mhello\u0000\n").append(GOOD);
        text.append("metaplugin-ci sudo no\nmetaplugin-ci disk 1\n");
        for (int i = 0; i < 1000; i++) {
            text.append("metaplugin-ci process ")
                    .append(i)
                    .append(" <script>\u202e")
                    .append("x".repeat(200))
                    .append('\n');
        }
        CheckReport report = report(text.toString(), 1_000_000, 1_001_000);

        assertThat(of(report, "sudo").passed()).as("the first counts").isTrue();
        assertThat(of(report, "free disk").passed()).isTrue();
        String left = of(report, "leftovers").detail();
        assertThat(left).hasSizeLessThan(700).matches("[\\x20-\\x7e]*");
        for (String huge : List.of("9".repeat(15), "9".repeat(16), "-1", "1e9")) {
            report(GOOD.replace("40000000", huge), 1_000_000, 1_001_000);
        }
    }

    @Test
    public void anAnswerThatIsCutIsNoFailedCheck() {
        Machine machine = answering(new Machine.Output(124, "sh: broken\n" + GOOD.substring(0, 60)));
        NodeCheckup checkup = new NodeCheckup(machine, () -> ALL, node -> "/r", () -> 0);
        assertThatThrownBy(() -> checkup.run("n1"))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("124")
                .hasMessageContaining("sh: broken");
    }

    private static Machine answering(Machine.Output output) {
        return (Machine) Proxy.newProxyInstance(
                NodeCheckupTest.class.getClassLoader(), new Class<?>[] {Machine.class}, (self, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("run");
                    return output;
                });
    }
}
