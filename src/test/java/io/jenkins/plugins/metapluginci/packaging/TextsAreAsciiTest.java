package io.jenkins.plugins.metapluginci.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.Test;

/** Our texts reach consoles of controllers that run without a locale, where all but ASCII is printed as question marks. */
public class TextsAreAsciiTest {
    private static final Path RESOURCES = Path.of("src/main/resources");

    private static Properties read(Path file) throws Exception {
        Properties texts = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            texts.load(in);
        }
        return texts;
    }

    @Test
    public void everyTextIsAscii() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(RESOURCES)) {
            files = all.filter(file -> file.toString().endsWith(".properties")).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            read(file)
                    .forEach((key, text) -> assertThat(text.toString())
                            .as("%s of %s", key, file)
                            .matches("\\p{ASCII}*"));
        }
    }

    @Test
    public void oneFileIsNotFiles() throws Exception {
        String text = read(RESOURCES.resolve("io/jenkins/plugins/metapluginci/job/Messages.properties"))
                .getProperty("GateRun.Published");
        MessageFormat format = new MessageFormat(text, Locale.ROOT);
        assertThat(format.format(new Object[] {0, 0L})).isEqualTo("0 files published (0 bytes)");
        assertThat(format.format(new Object[] {1, 1L})).isEqualTo("1 file published (1 byte)");
        assertThat(format.format(new Object[] {1234, 56789L})).isEqualTo("1234 files published (56789 bytes)");
    }
}
