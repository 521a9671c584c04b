package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.XmlFile;
import hudson.model.Hudson;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.layout.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest;

/**
 * Keeps the settings, in {@code metaplugin-ci.xml} in Jenkins' home, and answers the form's checks. The file is written
 * whole beside its place and renamed. Threads: settings are replaced, never changed; saving is ordered by a lock
 * of its own.
 *
 * <p>A check runs for anybody who may read Jenkins, by GET on some cores, so none touches the network, tells a secret or
 * looks at a file for anybody but an administrator. The connection tests are for administrators and by POST.
 */
@Extension
public final class MetapluginCiConfiguration extends LogFieldChecks {
    private static final Logger LOGGER = Logger.getLogger(MetapluginCiConfiguration.class.getName());
    private static final String FILE = "metaplugin-ci.xml";

    private volatile MetapluginCiSettings settings = new MetapluginCiSettings();

    /** Orders what reads and writes the file; not this object, which everybody can get at. */
    private final transient Object fileLock = new Object();

    /** Why the file could not be read; null when it could. */
    @CheckForNull
    private transient volatile String unreadable;

    public MetapluginCiConfiguration() {
        load();
    }

    /** The one of this controller. */
    public static MetapluginCiConfiguration get() {
        return (MetapluginCiConfiguration) Hudson.getInstance().getDescriptor(MetapluginCiForm.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.MetapluginCiConfiguration_DisplayName();
    }

    /** What is saved. */
    public MetapluginCiSettings settings() {
        return settings;
    }

    /** Why the saved settings could not be read, for people; null when they could. */
    @CheckForNull
    public String unreadable() {
        return unreadable;
    }

    /**
     * Saves settings and has the engine take them.
     *
     * @throws IOException when they could not be written; the old ones then stay in force
     */
    void replace(MetapluginCiSettings changed) throws IOException {
        synchronized (fileLock) {
            MetapluginCiSettings before = settings;
            settings = changed;
            try {
                write();
            } catch (IOException e) {
                settings = before;
                throw e;
            }
            unreadable = null;
            ConfigRoom.Engine engine = ConfigRoom.engine();
            if (engine != null) {
                engine.configured(changed);
            }
        }
    }

    @Override
    public void save() {
        synchronized (fileLock) {
            try {
                write();
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Cannot write " + file(), e);
            }
        }
    }

    /** Written anew and renamed: core 1.395 deletes the old file first. */
    private void write() throws IOException {
        Path target = file().toPath();
        Path temporary = target.resolveSibling(FILE + ".new");
        new XmlFile(temporary.toFile()).write(this);
        try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        if (unreadable != null && Files.exists(target)) {
            Files.move(target, target.resolveSibling(FILE + ".unreadable"), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void load() {
        synchronized (fileLock) {
            XmlFile file = new XmlFile(file());
            if (file.exists()) {
                read(file);
            }
        }
    }

    private void read(XmlFile file) {
        try {
            file.unmarshal(this);
            unreadable = null;
        } catch (IOException | RuntimeException e) {
            unreadable = Util.fixNull(e.getMessage());
            LOGGER.log(
                    Level.SEVERE,
                    "Cannot read " + file() + ": nothing is configured until it is mended or saved anew",
                    e);
        }
        if (settings == null) {
            settings = new MetapluginCiSettings();
        }
    }

    private static File file() {
        return new File(Hudson.getInstance().getRootDir(), FILE);
    }

    public FormValidation doCheckGerritHost(@QueryParameter String value) {
        return Checks.asValidation(Checks.host(Checks.text(value)));
    }

    public FormValidation doCheckGerritPort(@QueryParameter String value) {
        return Checks.asValidation(Checks.port(Checks.text(value)));
    }

    public FormValidation doCheckGerritUser(@QueryParameter String value) {
        return Checks.asValidation(Checks.user(Checks.text(value)));
    }

    public FormValidation doCheckGerritKeyFile(@QueryParameter String value) {
        return keyFile(Checks.text(value));
    }

    public FormValidation doCheckGerritHostKeys(@QueryParameter String value) {
        return hostKeys(Checks.text(value));
    }

    public FormValidation doCheckControllerUrl(@QueryParameter String value) {
        String url = Checks.text(value);
        String problem = Checks.webUrl(url);
        return Checks.asValidation(problem == null ? Checks.reachable(url) : problem);
    }

    public FormValidation doCheckGitUrl(@QueryParameter String value) {
        return Checks.asValidation(Checks.gitUrl(Checks.text(value)));
    }

    public FormValidation doCheckFooter(@QueryParameter String value) {
        return Checks.asValidation(Checks.footer(Checks.text(value)));
    }

    public FormValidation doCheckConnectionName(@QueryParameter String value) {
        return Checks.asValidation(Checks.connection(FormFields.orDefault("connectionName", Checks.text(value))));
    }

    public FormValidation doCheckCatchUpHours(@QueryParameter String value) {
        return Checks.asValidation(Checks.catchUpHours(FormFields.orDefault("catchUpHours", Checks.text(value))));
    }

    public FormValidation doCheckGitName(@QueryParameter String value) {
        return Checks.asValidation(Checks.gitPerson(FormFields.orDefault("gitName", Checks.text(value))));
    }

    public FormValidation doCheckGitEmail(@QueryParameter String value) {
        return Checks.asValidation(Checks.gitPerson(FormFields.orDefault("gitEmail", Checks.text(value))));
    }

    public FormValidation doCheckGitAddress(@QueryParameter String value) {
        return Checks.asValidation(Checks.host(Checks.text(value)));
    }

    public FormValidation doCheckGitPort(@QueryParameter String value) {
        return Checks.asValidation(Checks.port(FormFields.orDefault("gitPort", Checks.text(value))));
    }

    public FormValidation doCheckUrlPattern(@QueryParameter String value) {
        return Checks.asValidation(Checks.urlPattern(Checks.text(value)));
    }

    public FormValidation doCheckStatusUrl(@QueryParameter String value) {
        return Checks.asValidation(Checks.webUrl(Checks.text(value)));
    }

    /** Looks at the file for administrators only. */
    public FormValidation doCheckLayoutFile(@QueryParameter String value) {
        String file = Checks.text(value);
        String problem = Checks.keyFile(file);
        boolean look =
                problem == null && !file.isEmpty() && Hudson.getInstance().hasPermission(Hudson.ADMINISTER);
        if (!look) {
            return Checks.asValidation(problem);
        }
        List<Problem> errors =
                LayoutSource.read("", file, settings.connectionName()).result().errors();
        return errors.isEmpty()
                ? FormValidation.ok()
                : FormValidation.error(
                        errors.stream().map(Checks::layoutProblem).collect(Collectors.joining("\n")));
    }

    /** Connects to Gerrit with what the form holds, saved or not. */
    public FormValidation doTestGerrit(
            StaplerRequest request,
            @QueryParameter String gerritHost,
            @QueryParameter String gerritPort,
            @QueryParameter String gerritUser,
            @QueryParameter String gerritKeyFile,
            @QueryParameter String gerritHostKeys)
            throws InterruptedException {
        MetapluginCiPage.checkMayChange(request);
        Map<String, String> fields = new HashMap<>();
        fields.put("gerritHost", gerritHost);
        fields.put("gerritPort", gerritPort);
        fields.put("gerritUser", gerritUser);
        fields.put("gerritKeyFile", gerritKeyFile);
        fields.put("gerritHostKeys", gerritHostKeys);
        return ConnectionTest.gerrit(settings, fields);
    }
}
