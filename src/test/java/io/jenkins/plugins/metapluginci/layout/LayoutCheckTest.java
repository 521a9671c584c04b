package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.yaml.snakeyaml.Yaml;

/** The command bin/layout, its Java and its shell half. */
public class LayoutCheckTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path good;
    private Path bad;

    @Before
    public void layouts() throws Exception {
        good = write("good.yaml", LayoutTexts.MINIMAL);
        bad = write("bad.yaml", LayoutTexts.MINIMAL.replace("check: [job-a]", "gate: [job-a]"));
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(folder.getRoot().toPath().resolve(name), text);
    }

    private int run(Object... arguments) {
        out.reset();
        err.reset();
        return LayoutCheck.run(
                List.of(arguments).stream().map(Object::toString).toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    public void aGoodLayoutIsQuiet() {
        assertThat(run(good)).isZero();
        assertThat(out.toString() + err).isEmpty();
    }

    @Test
    public void aMistypedKeyIsNamedAfterZuulsWords() throws IOException {
        Files.writeString(bad, Files.readString(bad).replace("gate:", "chek:"));
        assertThat(run(bad)).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo(
                        bad + ":7:5: extra keys not allowed @ data['projects'][0]['chek'] (did you mean 'check'?)\n");
    }

    @Test
    public void errorsHaveFileLineAndColumn() {
        assertThat(run(bad)).isEqualTo(1);
        assertThat(err.toString()).isEqualTo(bad + ":7:5: extra keys not allowed @ data['projects'][0]['gate']\n");
    }

    @Test
    public void warningsDoNotFail() throws Exception {
        Path file = write("w.yaml", LayoutTexts.jobs("- name: job-a\n  queue-name: q", "- job-a"));
        assertThat(run(file)).isZero();
        assertThat(err.toString()).isEqualTo(file + ":7:5: warning: 'queue-name' has no effect here.\n");
    }

    @Test
    public void jobsAreHeldAgainstAList() throws Exception {
        Path file = write("jobs.yaml", LayoutTexts.jobs("- name: unused\n- name: ^x", "- b\n- a:\n    - noop"));
        assertThat(run(file, write("list", "a\n  b  \n\nunused\nother\n"))).isZero();
        assertThat(run(file, write("list", "a\n"))).isEqualTo(1);
        assertThat(out.toString()).isEqualTo("FAILURE: Job b not defined\nFAILURE: Job unused not defined\n");
        assertThat(run(file, folder.getRoot() + "/none")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("Unable to find job list: " + folder.getRoot() + "/none\n");
    }

    @Test
    public void connectionsComeFromZuulConf() throws Exception {
        Path layout =
                write("c.yaml", LayoutTexts.pipeline("source: review\ntrigger: {review: []}\nsuccess: {review: {}}"));
        Path conf = write("zuul.conf", "[connection review]\ndriver=gerrit\n");
        assertThat(run("-c", conf, layout)).isZero();
        assertThat(run(layout)).isEqualTo(1);
        assertThat(run("-c", conf, good)).isEqualTo(1);
        assertThat(err.toString()).contains("extra keys not allowed @ data['pipelines'][0]['trigger']['gerrit']");
        assertThat(run("-c", write("zuul.conf", "[connection review]\n"), layout))
                .isEqualTo(1);
        assertThat(err.toString()).isEqualTo(conf + ": No driver specified for connection review.\n");
    }

    @Test
    public void filesThatCannotBeRead() throws Exception {
        assertThat(run(folder.getRoot() + "/none")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("Unable to read layout config file at " + folder.getRoot() + "/none\n");
        assertThat(run(folder.getRoot())).isEqualTo(1);
        Path latin = Files.write(folder.getRoot().toPath().resolve("latin"), new byte[] {'a', (byte) 0xe9, ':'});
        assertThat(run(latin)).isEqualTo(1);
        assertThat(err.toString()).endsWith("it is not UTF-8\n");
        Path large = write("large", "#".repeat(9_000_000));
        assertThat(run(large)).isEqualTo(1);
        assertThat(err.toString()).contains("longer than");
    }

    @Test
    public void wrongArguments() {
        for (Object[] arguments : new Object[][] {{}, {"-c"}, {"-c", good}, {"-x", good}, {good, good, good}}) {
            assertThat(run(arguments)).isEqualTo(2);
            assertThat(err.toString()).isEqualTo("usage: bin/layout [-c ZUUL.CONF] FILE [JOB-LIST]\n");
        }
    }

    @Test
    public void theShellCommandBuildsOnceAndGoesOn() throws Exception {
        Path top = folder.newFolder("top").toPath();
        Files.createDirectories(top.resolve("bin/lib"));
        Files.copy(Path.of("bin/layout"), top.resolve("bin/layout"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(top.resolve("bin/lib/setup.sh"), "setup_build() { :; }\n");
        Files.writeString(top.resolve("pom.xml"), "");
        String room = "io/jenkins/plugins/metapluginci/layout";
        Files.createDirectories(top.resolve("src/main/java/" + room));
        Files.createDirectories(top.resolve("src/main/resources/" + room));
        // Stands for Maven: what the build leaves behind, and a trace of being called.
        Path mvn = Files.writeString(top.resolve("mvn"), """
                #!/bin/sh
                echo built >>builds
                mkdir -p target/hpi/WEB-INF/lib
                cp -R '%s' target/classes
                cp '%s' target/hpi/WEB-INF/lib/
                """.formatted(codeOf(LayoutCheck.class), codeOf(Yaml.class)));
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
        assertThat(shell(top, "good.yaml")).isZero();
        assertThat(shell(top, "bad.yaml")).isEqualTo(1);
        assertThat(Files.readString(folder.getRoot().toPath().resolve("output")))
                .contains("bad.yaml:7:5: extra keys not allowed");
        assertThat(shell(top)).isEqualTo(2);
        assertThat(Files.readAllLines(top.resolve("builds"))).hasSize(1);
    }

    private static String codeOf(Class<?> type) throws Exception {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
    }

    /** Runs the command where the layouts are, which is not where it is. */
    private int shell(Path top, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(top.resolve("bin/layout").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.getRoot())
                .redirectErrorStream(true)
                .redirectOutput(folder.getRoot().toPath().resolve("output").toFile());
        builder.environment().merge("PATH", top.toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
