package io.jenkins.plugins.metapluginci.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The archive itself: what both cores read of its manifests, and that every class in it finds what it names. */
public class HpiIT {
    private static final String INNER = "WEB-INF/lib/metaplugin-ci.jar";

    /** What libraries of ours can do without: they ask for it by name and go on when it is missing. */
    private static final Pattern OPTIONAL = Pattern.compile("org\\.bouncycastle\\..*|org\\.apache\\.tomcat\\.jni\\..*"
            + "|com\\.google\\.errorprone\\.annotations\\..*|org\\.tukaani\\.xz\\..*|com\\.github\\.luben\\.zstd\\..*"
            + "|org\\.brotli\\.dec\\..*|org\\.objectweb\\.asm\\..*");

    /** Decision 8 of the design: all that our own classes may use of the host. */
    private static final Pattern HOST = Pattern.compile("hudson\\..*|org\\.kohsuke\\.stapler\\..*|net\\.sf\\.json\\..*"
            + "|org\\.jvnet\\.localizer\\..*|javax\\.servlet\\..*|org\\.acegisecurity\\..*"
            + "|edu\\.umd\\.cs\\.findbugs\\.annotations\\..*");

    @ClassRule
    public static final TemporaryFolder UNPACKED = new TemporaryFolder();

    private static final List<Path> JARS = new ArrayList<>();

    private static Path hpi() {
        return Path.of(System.getProperty("hpi.file", "target/metaplugin-ci.hpi"));
    }

    @BeforeClass
    public static void unpack() throws IOException {
        JARS.clear();
        try (JarFile archive = new JarFile(hpi().toFile())) {
            for (ZipEntry entry : archive.stream().collect(Collectors.toList())) {
                if (entry.getName().matches("WEB-INF/lib/[^/]+\\.jar")) {
                    Path jar = UNPACKED.getRoot()
                            .toPath()
                            .resolve(Path.of(entry.getName()).getFileName());
                    try (InputStream in = archive.getInputStream(entry)) {
                        copyWithoutModule(in, jar);
                    }
                    JARS.add(jar);
                }
            }
        }
        assertThat(JARS).isNotEmpty();
    }

    /** Cores load the jars from a class path; jdeps would read one with a {@code module-info} as a module. */
    private static void copyWithoutModule(InputStream in, Path copy) throws IOException {
        try (JarInputStream jar = new JarInputStream(in, false);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy), jar.getManifest())) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                if (!entry.getName().endsWith("module-info.class")
                        && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    jar.transferTo(out);
                }
            }
        }
    }

    @Test
    public void bothManifestsTellBothCoresWhatThePluginIs() throws IOException {
        Manifest outer;
        Manifest inner;
        try (JarFile archive = new JarFile(hpi().toFile());
                JarInputStream jar = new JarInputStream(archive.getInputStream(archive.getEntry(INNER)))) {
            outer = archive.getManifest();
            inner = jar.getManifest();
        }
        for (Manifest manifest : List.of(outer, inner)) {
            Attributes main = manifest.getMainAttributes();
            assertThat(main.getValue("Short-Name")).isEqualTo("metaplugin-ci");
            assertThat(main.getValue("Plugin-Version")).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(main.getValue("Hudson-Version")).isEqualTo("1.395");
            assertThat(main.getValue("Jenkins-Version")).isEqualTo("2.479.1");
            assertThat(main.getValue("Minimum-Java-Version")).isEqualTo("17");
            assertThat(main.getValue("PluginFirstClassLoader")).isEqualTo("true");
        }
    }

    @Test
    public void ourClassesAreInOneJarWithTheirExtensionsAndViews() throws IOException {
        try (JarFile archive = new JarFile(hpi().toFile())) {
            assertThat(archive.stream().map(ZipEntry::getName)).noneMatch(name -> name.startsWith("WEB-INF/classes"));
        }
        try (JarFile jar = new JarFile(
                UNPACKED.getRoot().toPath().resolve("metaplugin-ci.jar").toFile())) {
            assertThat(jar.getEntry("META-INF/annotations/hudson.Extension")).isNotNull();
            assertThat(jar.getEntry("index.jelly")).isNotNull();
            assertThat(jar.stream().map(ZipEntry::getName)).anyMatch(name -> name.endsWith(".stapler"));
        }
    }

    @Test
    public void everyClassFindsWhatItNames() {
        Set<String> missing = new TreeSet<>();
        Pattern reference = Pattern.compile("(?m)^\\s+(\\S+)\\s+-> (\\S+)\\s+not found$");
        for (Path jar : JARS) {
            boolean ours = jar.endsWith("metaplugin-ci.jar");
            Matcher names = reference.matcher(jdeps(jar));
            while (names.find()) {
                String name = names.group(2);
                if (!(ours ? HOST : OPTIONAL).matcher(name).matches()) {
                    missing.add(jar.getFileName() + ": " + names.group(1) + " -> " + name);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String jdeps(Path jar) {
        String path = JARS.stream().map(Path::toString).collect(Collectors.joining(":"));
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(writer, writer, "--multi-release", "17", "-v", "-cp", path, jar.toString());
        assertThat(status).as(out.toString()).isZero();
        return out.toString();
    }
}
