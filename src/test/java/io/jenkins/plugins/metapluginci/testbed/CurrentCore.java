package io.jenkins.plugins.metapluginci.testbed;

import io.jenkins.plugins.metapluginci.testbed.security.SecurityPlugin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A current Jenkins: {@code java -jar jenkins.war}. Its core has no authorization by user (the matrix is a plugin there), so
 * a plugin of the test bed brings one; accounts are made by a start-up script of its home. Plugins are copied into
 * {@code plugins/} before the first start instead of uploaded: current Jenkins would load an upload into the running
 * controller, which is another way than the one that the tests are about.
 */
final class CurrentCore implements ControllerCore {

    private final Path war;
    private final Path plugins;
    private final Path hpi;

    /**
     * A core.
     *
     * @param war the jenkins.war
     * @param plugins directory of further .hpi files, or null
     * @param hpi the plugin under test
     */
    CurrentCore(Path war, Path plugins, Path hpi) {
        this.war = war;
        this.plugins = plugins;
        this.hpi = hpi;
    }

    @Override
    public void prepare(Path home, URI url, int port) throws IOException {
        Path installed = Files.createDirectories(home.resolve("plugins"));
        if (plugins != null) {
            try (Stream<Path> files = Files.list(plugins)) {
                for (Path file : files.filter(name -> name.toString().matches(".*\\.[hj]pi"))
                        .toList()) {
                    copy(file, installed);
                }
            }
        }
        copy(hpi, installed);
        SecurityPlugin.write(installed.resolve(SecurityPlugin.NAME + ".hpi"));
        Files.writeString(home.resolve("config.xml"), """
                <?xml version='1.1' encoding='UTF-8'?>
                <hudson>
                  <version>2.0</version>
                  <numExecutors>2</numExecutors>
                  <mode>NORMAL</mode>
                  <useSecurity>true</useSecurity>
                  <authorizationStrategy class="%s"/>
                  <securityRealm class="hudson.security.HudsonPrivateSecurityRealm">
                    <disableSignup>true</disableSignup>
                  </securityRealm>
                  <crumbIssuer class="hudson.security.csrf.DefaultCrumbIssuer"/>
                  <slaveAgentPort>-1</slaveAgentPort>
                </hudson>
                """.formatted(SecurityPlugin.STRATEGY));
        Files.writeString(
                home.resolve("jenkins.model.JenkinsLocationConfiguration.xml"),
                "<jenkins.model.JenkinsLocationConfiguration><jenkinsUrl>" + url
                        + "</jenkinsUrl></jenkins.model.JenkinsLocationConfiguration>\n");
        Path scripts = Files.createDirectories(home.resolve("init.groovy.d"));
        StringBuilder accounts = new StringBuilder("def realm = jenkins.model.Jenkins.get().securityRealm\n");
        for (Account account : List.of(Account.ADMIN, Account.READER)) {
            accounts.append("if (realm.getUser('%1$s') == null) { realm.createAccount('%1$s', '%2$s') }\n"
                    .formatted(account.name(), account.password()));
        }
        Files.writeString(scripts.resolve("accounts.groovy"), accounts);
    }

    @Override
    public List<String> command(Path home, int port, Path temporary) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Controller.javaOptions());
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + temporary,
                "-Djenkins.install.runSetupWizard=false",
                "-Dhudson.model.UpdateCenter.never=true",
                "-Dhudson.model.UsageStatistics.disabled=true",
                "-jar",
                war.toString(),
                "--httpPort=" + port,
                "--httpListenAddress=127.0.0.1",
                "--extractedFilesFolder=" + temporary));
        return command;
    }

    @Override
    public Map<String, String> environment(Path home) {
        return Map.of("JENKINS_HOME", home.toString(), "HOME", home.toString());
    }

    @Override
    public boolean install(JenkinsClient admin, Path file) {
        return false;
    }

    @Override
    public boolean isOld() {
        return false;
    }

    private static void copy(Path file, Path directory) throws IOException {
        Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
}
