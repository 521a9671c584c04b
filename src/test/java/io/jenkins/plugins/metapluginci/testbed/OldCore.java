package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Core 1.395 from Maven Central: its unpacked war under Jetty 9.4, since the winstone in it breaks POST bodies. The war brings
 * the SSH Slaves plugin 0.14. Security is the core's own: user database, matrix, crumbs.
 */
final class OldCore implements ControllerCore {

    private static final String JETTY_XML = "jetty-1.395.xml";
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.lang.reflect",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/java.util.regex",
            "java.base/java.text",
            "java.base/java.net",
            "java.base/java.io",
            "java.desktop/java.awt",
            "java.desktop/java.awt.font",
            "java.desktop/javax.swing");

    private final Path parts;

    /** {@code parts}: directory with {@code war-1.395} and {@code jetty}, made by the build. */
    OldCore(Path parts) {
        this.parts = parts;
    }

    @Override
    public void prepare(Path home, URI url, int port) throws IOException {
        Files.writeString(home.resolve("config.xml"), """
                <?xml version='1.0' encoding='UTF-8'?>
                <hudson>
                  <version>1.395</version>
                  <numExecutors>2</numExecutors>
                  <mode>NORMAL</mode>
                  <useSecurity>true</useSecurity>
                  <authorizationStrategy class="hudson.security.GlobalMatrixAuthorizationStrategy">
                    <permission>hudson.model.Hudson.Administer:admin</permission>
                    <permission>hudson.model.Hudson.Read:reader</permission>
                    <permission>hudson.model.Item.Read:reader</permission>
                    <permission>hudson.model.Item.Build:reader</permission>
                  </authorizationStrategy>
                  <securityRealm class="hudson.security.HudsonPrivateSecurityRealm">
                    <disableSignup>true</disableSignup>
                  </securityRealm>
                  <crumbIssuer class="hudson.security.csrf.DefaultCrumbIssuer">
                    <excludeClientIPFromCrumb>false</excludeClientIPFromCrumb>
                  </crumbIssuer>
                  <jdks/>
                  <clouds/>
                  <slaves/>
                  <slaveAgentPort>-1</slaveAgentPort>
                </hudson>
                """);
        Files.writeString(
                home.resolve("hudson.tasks.Mailer.xml"),
                "<hudson.tasks.Mailer_-DescriptorImpl><hudsonUrl>" + url
                        + "</hudsonUrl></hudson.tasks.Mailer_-DescriptorImpl>\n");
        for (Account account : List.of(Account.ADMIN, Account.READER)) {
            Path user = Files.createDirectories(home.resolve("users").resolve(account.name()));
            Files.writeString(user.resolve("config.xml"), """
                    <?xml version='1.0' encoding='UTF-8'?>
                    <user>
                      <fullName>%s</fullName>
                      <properties>
                        <hudson.security.HudsonPrivateSecurityRealm_-Details>
                          <passwordHash>%s</passwordHash>
                        </hudson.security.HudsonPrivateSecurityRealm_-Details>
                      </properties>
                    </user>
                    """.formatted(account.name(), passwordHash(account)));
        }
        try (InputStream xml = OldCore.class.getResourceAsStream(JETTY_XML)) {
            Files.write(home.resolveSibling(JETTY_XML), xml.readAllBytes());
        }
    }

    @Override
    public List<String> command(Path home, int port, Path temporary) {
        Path war = parts.resolve("war-1.395");
        if (!Files.isDirectory(war)) {
            throw new IllegalStateException(war + " is missing: the build's phase pre-integration-test makes it");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        OPENED.forEach(name -> command.addAll(List.of("--add-opens", name + "=ALL-UNNAMED")));
        command.addAll(Controller.javaOptions());
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + temporary,
                // Nothing leaves 127.0.0.1: no multicast, no update site, no statistics. UDP: see the XML.
                "-Dhudson.udp=" + port,
                "-Dhudson.DNSMultiCast.disabled=true",
                "-Dhudson.model.UpdateCenter.never=true",
                "-Dhudson.model.UsageStatistics.disabled=true",
                "-cp",
                parts.resolve("jetty") + "/*",
                "org.eclipse.jetty.xml.XmlConfiguration",
                "port=" + port,
                "war=" + war,
                "tmp=" + temporary.resolve("war"),
                home.resolveSibling(JETTY_XML).toString()));
        return command;
    }

    @Override
    public Map<String, String> environment(Path home) {
        return Map.of("HUDSON_HOME", home.toString(), "HOME", home.toString());
    }

    /** Manage Hudson, Manage Plugins, Advanced, Upload Plugin: takes effect with the next start. */
    @Override
    public boolean install(JenkinsClient admin, Path hpi) {
        admin.upload("pluginManager/uploadPlugin", "name", hpi).ok();
        return true;
    }

    @Override
    public boolean isOld() {
        return true;
    }

    /** The format of HudsonPrivateSecurityRealm 1.395: {@code SALT:SHA-256(PASSWORD{SALT})}. */
    private static String passwordHash(Account account) {
        try {
            String salt = "bed" + account.name();
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((account.password() + "{" + salt + "}").getBytes(StandardCharsets.UTF_8));
            return salt + ":" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
