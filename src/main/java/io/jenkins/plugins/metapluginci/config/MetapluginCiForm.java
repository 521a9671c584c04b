package io.jenkins.plugins.metapluginci.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Describable;
import hudson.model.Hudson;
import hudson.util.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The form as somebody typed it, or as it shows what is saved. It gives back every field but the password, whatever was
 * typed there, so that a refused form loses nothing. Immutable.
 *
 * <p>The submitted JSON is read with Gson: the core's json-lib changes texts that look like JSON (core-notes R12), such as
 * the branch {@code [a-z]+}.
 */
public final class MetapluginCiForm implements Describable<MetapluginCiForm> {
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final boolean takeEvents;
    private final boolean clearPassword;
    private final String typedPassword;
    private final boolean passwordSet;
    private final boolean sameLogServer;
    private final List<WatchedProject> watches;

    /** Shows what is saved. */
    MetapluginCiForm(MetapluginCiSettings saved) {
        texts.put("gerritHost", saved.gerritHost);
        texts.put("gerritPort", Integer.toString(saved.gerritPort));
        texts.put("gerritUser", saved.gerritUser);
        texts.put("gerritKeyFile", saved.gerritKeyFile);
        texts.put("gerritHostKeys", saved.gerritHostKeys);
        texts.put("logServerHost", saved.logServerHost);
        texts.put("logServerPort", Integer.toString(saved.logServerPort));
        texts.put("logServerUser", saved.logServerUser);
        texts.put("logServerKeyFile", saved.logServerKeyFile);
        texts.put("logServerHostKeys", saved.logServerHostKeys);
        texts.put("logServerRoot", saved.logServerRoot);
        texts.put("logServerUrl", saved.logServerUrl);
        texts.put("controllerUrl", saved.controllerUrl);
        texts.put("gitUrl", saved.gitUrl);
        texts.put("footer", saved.footer);
        takeEvents = saved.takeEvents;
        clearPassword = false;
        typedPassword = "";
        passwordSet = saved.logServerPassword != null;
        sameLogServer = true;
        watches = saved.watches();
    }

    /**
     * Takes what was submitted; a field that is not named keeps what is saved. The page's form names itself {@code whole},
     * since no row of watches is left out of the JSON.
     *
     * @param json the parameter of that name that the core's form script makes; null when there was none
     * @throws IllegalArgumentException when there is no such JSON
     */
    MetapluginCiForm(@CheckForNull String json, MetapluginCiSettings saved) {
        MetapluginCiForm before = new MetapluginCiForm(saved);
        JsonObject form;
        try {
            form = JsonParser.parseString(json == null ? "" : json).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(Messages.MetapluginCiForm_noForm(), e);
        }
        before.texts.forEach((name, value) -> texts.put(name, text(form, name, value)));
        takeEvents = form.has("takeEvents") ? flag(form, "takeEvents") : before.takeEvents;
        clearPassword = flag(form, "clearLogServerPassword");
        typedPassword = text(form, "logServerPassword", "");
        passwordSet = before.passwordSet;
        sameLogServer = isSameLogServer(saved);
        watches = form.has("watches") || form.has("whole") ? watches(form.get("watches")) : before.watches;
    }

    private static String text(JsonObject form, String name, String otherwise) {
        JsonElement value = form.get(name);
        return value != null && value.isJsonPrimitive() ? Checks.text(value.getAsString()) : otherwise;
    }

    private static boolean flag(JsonObject form, String name) {
        JsonElement value = form.get(name);
        return value != null && value.isJsonPrimitive() && value.getAsBoolean();
    }

    /** One row comes as an object, several as an array, none not at all. */
    private static List<WatchedProject> watches(@CheckForNull JsonElement rows) {
        List<WatchedProject> watches = new ArrayList<>();
        if (rows == null || rows.isJsonNull()) {
            return watches;
        }
        Iterable<JsonElement> each = rows.isJsonArray() ? rows.getAsJsonArray() : List.of(rows);
        for (JsonElement row : each) {
            if (row.isJsonObject()) {
                JsonObject fields = row.getAsJsonObject();
                watches.add(new WatchedProject(
                        text(fields, "project", ""), text(fields, "branch", ""), text(fields, "job", "")));
            }
        }
        return watches;
    }

    /**
     * Every problem of the form: empty when it may be saved.
     *
     * @return in the order of the page
     */
    List<FormProblem> problems() {
        List<FormProblem> problems = connectionProblems();
        whatSavingNeeds(problems);
        watchProblems(problems);
        if (!problems.isEmpty() && !typedPassword.isEmpty()) {
            add(problems, "logServerPassword", Messages.MetapluginCiForm_passwordAgain());
        }
        return FormProblem.inOrderOfThePage(problems);
    }

    /** What must be right before a connection is worth a try; without host keys one is, since it shows those on offer. */
    List<FormProblem> connectionProblems() {
        List<FormProblem> problems = new ArrayList<>();
        add(problems, "gerritHost", Checks.host(get("gerritHost")));
        add(problems, "gerritPort", Checks.port(get("gerritPort")));
        add(problems, "gerritUser", Checks.user(get("gerritUser")));
        add(problems, "gerritKeyFile", Checks.keyFile(get("gerritKeyFile")));
        add(problems, "gerritHostKeys", Checks.hostKeys(get("gerritHostKeys")));
        add(problems, "logServerHost", Checks.host(get("logServerHost")));
        add(problems, "logServerPort", Checks.port(get("logServerPort")));
        add(problems, "logServerUser", Checks.user(get("logServerUser")));
        add(problems, "logServerKeyFile", Checks.keyFile(get("logServerKeyFile")));
        add(problems, "logServerHostKeys", Checks.hostKeys(get("logServerHostKeys")));
        add(problems, "logServerRoot", Checks.directory(get("logServerRoot")));
        add(problems, "logServerUrl", Checks.url(get("logServerUrl"), "http", "https"));
        add(problems, "controllerUrl", Checks.url(get("controllerUrl"), "http", "https"));
        add(problems, "gitUrl", Checks.url(get("gitUrl"), "http", "https", "git", "ssh"));
        add(problems, "footer", Checks.footer(get("footer")));
        whatAHostNeeds(problems);
        return problems;
    }

    private void whatAHostNeeds(List<FormProblem> problems) {
        if (!get("gerritHost").isEmpty()) {
            needed(problems, "gerritUser", Messages.MetapluginCiForm_userNeeded());
            needed(problems, "gerritKeyFile", Messages.MetapluginCiForm_keyFileNeeded());
        }
        if (!get("logServerHost").isEmpty()) {
            needed(problems, "logServerUser", Messages.MetapluginCiForm_userNeeded());
            needed(problems, "logServerRoot", Messages.MetapluginCiForm_rootNeeded());
            boolean password = !typedPassword.isEmpty() || passwordSet && !clearPassword;
            if (!password) {
                needed(problems, "logServerKeyFile", Messages.MetapluginCiForm_loginNeeded());
            }
        }
    }

    private void whatSavingNeeds(List<FormProblem> problems) {
        if (takeEvents) {
            needed(problems, "gerritHost", Messages.MetapluginCiForm_hostNeeded());
        }
        for (String side : new String[] {"gerrit", "logServer"}) {
            if (!get(side + "Host").isEmpty()) {
                needed(problems, side + "HostKeys", Messages.MetapluginCiForm_hostKeysNeeded());
            }
        }
        boolean kept = passwordSet && !clearPassword && typedPassword.isEmpty();
        if (kept && !sameLogServer && get("logServerKeyFile").isEmpty()) {
            add(problems, "logServerPassword", Messages.MetapluginCiForm_passwordNotKept());
        }
    }

    private void watchProblems(List<FormProblem> problems) {
        Set<List<String>> seen = new HashSet<>();
        int row = 0;
        for (WatchedProject watch : watches) {
            row++;
            for (String problem : new String[] {
                Checks.project(watch.getProject()), Checks.branch(watch.getBranch()), Checks.job(watch.getJob())
            }) {
                if (problem != null) {
                    String text =
                            Messages.MetapluginCiForm_watchProblem(watch.getProject(), watch.getBranch(), problem);
                    problems.add(FormProblem.ofWatch(row, text));
                }
            }
            if (!seen.add(List.of(watch.getProject(), watch.getBranch(), watch.getJob()))) {
                problems.add(FormProblem.ofWatch(row, Messages.MetapluginCiForm_watchTwice(watch.getProject())));
            }
        }
    }

    private static void add(List<FormProblem> problems, String field, @CheckForNull String problem) {
        if (problem != null) {
            problems.add(FormProblem.of(field, problem));
        }
    }

    private void needed(List<FormProblem> problems, String field, String problem) {
        if (get(field).isEmpty()) {
            add(problems, field, problem);
        }
    }

    /** Whether the log server's host, port and user are those that are saved: a saved password is for them alone. */
    boolean isSameLogServer(MetapluginCiSettings saved) {
        return get("logServerHost").equals(saved.logServerHost)
                && get("logServerPort").equals(Integer.toString(saved.logServerPort))
                && get("logServerUser").equals(saved.logServerUser);
    }

    /**
     * What to save. Only for a form without {@link #problems}.
     *
     * @param before whose password an empty field keeps, unless it would go to another host, port or user
     */
    MetapluginCiSettings settings(MetapluginCiSettings before) {
        MetapluginCiSettings settings = new MetapluginCiSettings();
        settings.takeEvents = takeEvents;
        settings.gerritHost = get("gerritHost");
        settings.gerritPort = Integer.parseInt(get("gerritPort"));
        settings.gerritUser = get("gerritUser");
        settings.gerritKeyFile = get("gerritKeyFile");
        settings.gerritHostKeys = get("gerritHostKeys");
        settings.logServerHost = get("logServerHost");
        settings.logServerPort = Integer.parseInt(get("logServerPort"));
        settings.logServerUser = get("logServerUser");
        settings.logServerKeyFile = get("logServerKeyFile");
        settings.logServerHostKeys = get("logServerHostKeys");
        settings.logServerRoot = get("logServerRoot");
        settings.logServerUrl = get("logServerUrl");
        settings.controllerUrl = get("controllerUrl");
        settings.gitUrl = get("gitUrl");
        settings.footer = get("footer");
        settings.watches = new ArrayList<>(watches);
        if (!typedPassword.isEmpty()) {
            settings.logServerPassword = Secret.fromString(typedPassword);
        } else if (!clearPassword && isSameLogServer(before)) {
            settings.logServerPassword = before.logServerPassword;
        }
        return settings;
    }

    private String get(String field) {
        return texts.get(field);
    }

    @Override
    public MetapluginCiConfiguration getDescriptor() {
        return (MetapluginCiConfiguration) Hudson.getInstance().getDescriptor(MetapluginCiForm.class);
    }

    public boolean isTakeEvents() {
        return takeEvents;
    }

    public String getGerritHost() {
        return get("gerritHost");
    }

    public String getGerritPort() {
        return get("gerritPort");
    }

    public String getGerritUser() {
        return get("gerritUser");
    }

    public String getGerritKeyFile() {
        return get("gerritKeyFile");
    }

    public String getGerritHostKeys() {
        return get("gerritHostKeys");
    }

    public String getLogServerHost() {
        return get("logServerHost");
    }

    public String getLogServerPort() {
        return get("logServerPort");
    }

    public String getLogServerUser() {
        return get("logServerUser");
    }

    public String getLogServerKeyFile() {
        return get("logServerKeyFile");
    }

    public String getLogServerHostKeys() {
        return get("logServerHostKeys");
    }

    public String getLogServerRoot() {
        return get("logServerRoot");
    }

    public String getLogServerUrl() {
        return get("logServerUrl");
    }

    public String getControllerUrl() {
        return get("controllerUrl");
    }

    public String getGitUrl() {
        return get("gitUrl");
    }

    public String getFooter() {
        return get("footer");
    }

    /** Whether a password is saved. */
    public boolean isPasswordSet() {
        return passwordSet;
    }

    /** Whether the box that forgets the password is checked. */
    public boolean isClearLogServerPassword() {
        return clearPassword;
    }

    public List<WatchedProject> getWatches() {
        return new ArrayList<>(watches);
    }
}
