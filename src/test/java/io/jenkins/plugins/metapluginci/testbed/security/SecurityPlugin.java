package io.jenkins.plugins.metapluginci.testbed.security;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Packs the classes of this package into an .hpi. Used by the test bed; not in the .hpi itself. */
public final class SecurityPlugin {

    /** The plugin's short name. */
    public static final String NAME = "test-bed-security";

    /** The strategy's class, for config.xml. */
    public static final String STRATEGY = BedAuthorizationStrategy.class.getName();

    private static final List<Class<?>> CLASSES = List.of(
            BedAuthorizationStrategy.class, BedAuthorizationStrategy.DescriptorImpl.class, BedSecurityPlugin.class);

    private SecurityPlugin() {}

    /** Writes the .hpi: the same manifest outside and on the inner jar, without which config.xml may not name the class. */
    public static void write(Path hpi) throws IOException {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(jar, manifest())) {
            for (Class<?> type : CLASSES) {
                add(out, type.getName());
            }
            add(out, BedAuthorizationStrategy.class.getName() + "$BedAcl");
        }
        try (OutputStream file = Files.newOutputStream(hpi);
                JarOutputStream out = new JarOutputStream(file, manifest())) {
            out.putNextEntry(new JarEntry("WEB-INF/lib/" + NAME + ".jar"));
            out.write(jar.toByteArray());
            out.closeEntry();
        }
    }

    private static void add(JarOutputStream out, String type) throws IOException {
        String entry = type.replace('.', '/') + ".class";
        try (InputStream in = SecurityPlugin.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            out.write(in.readAllBytes());
            out.closeEntry();
        }
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Short-Name", NAME);
        main.putValue("Long-Name", "Security of the test bed");
        main.putValue("Plugin-Class", BedSecurityPlugin.class.getName());
        main.putValue("Plugin-Version", "1");
        main.putValue("Hudson-Version", "1.395");
        main.putValue("Jenkins-Version", "2.479.1");
        return manifest;
    }
}
