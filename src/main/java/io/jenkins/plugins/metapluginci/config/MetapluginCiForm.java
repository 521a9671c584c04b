package io.jenkins.plugins.metapluginci.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Describable;
import hudson.model.Hudson;
import hudson.util.Secret;
import io.jenkins.plugins.metapluginci.layout.Problem;
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
 * the name {@code [a-z]+}.
 */
public final class MetapluginCiForm implements Describable<MetapluginCiForm> {
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, Boolean> flags = new LinkedHashMap<>();
    private final boolean clearPassword;
    private final String typedPassword;
    private final boolean passwordSet;
    private final boolean sameLogServer;
    private final List<LogServerRow> moreLogServers;

    /** Shows what is saved. */
    MetapluginCiForm(MetapluginCiSettings saved) {
        FormFields.TEXTS.forEach(field -> texts.put(field.name(), field.get().apply(saved)));
        FormFields.FLAGS.forEach(field -> flags.put(field.name(), field.get().test(saved)));
        clearPassword = false;
        typedPassword = "";
        passwordSet = saved.logServerPassword != null;
        sameLogServer = true;
        moreLogServers = saved.moreLogServers().stream().map(LogServerRow::new).toList();
    }

    /**
     * Takes what was submitted; a field that is not named keeps what is saved.
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
        before.flags.forEach(
                (name, value) -> flags.put(name, form.has(name) ? Boolean.valueOf(flag(form, name)) : value));
        clearPassword = flag(form, "clearLogServerPassword");
        typedPassword = text(form, "logServerPassword", "");
        passwordSet = before.passwordSet;
        sameLogServer = isSameLogServer(saved);
        // A form without a row does not name the rows; the page says that it has them.
        moreLogServers = form.has("logServerRows")
                ? LogServerRow.among(form.get("moreLogServers"), saved.allLogServers())
                : before.moreLogServers;
    }

    /** A layout keeps its blanks: the errors name its lines and columns. */
    private static String text(JsonObject form, String name, String otherwise) {
        JsonElement value = form.get(name);
        if (value == null || !value.isJsonPrimitive()) {
            return otherwise;
        }
        boolean layout = name.equals(FormFields.LAYOUT);
        String typed = layout ? Checks.lines(value.getAsString()) : Checks.text(value.getAsString());
        return FormFields.orDefault(name, typed);
    }

    private static boolean flag(JsonObject form, String name) {
        JsonElement value = form.get(name);
        return value != null && value.isJsonPrimitive() && value.getAsBoolean();
    }

    /**
     * Every problem of the form: empty when it may be saved. May read the layout's file.
     *
     * @return in the order of the page
     */
    List<FormProblem> problems() {
        List<FormProblem> problems = connectionProblems();
        whatSavingNeeds(problems);
        layoutProblems(problems);
        moreLogServersProblems(problems);
        if (!problems.isEmpty() && !typedPassword.isEmpty()) {
            add(problems, "logServerPassword", Messages.MetapluginCiForm_passwordAgain());
        }
        return FormProblem.inOrderOfThePage(problems);
    }

    /** What must be right before a connection is worth a try; without host keys one is, since it shows those on offer. */
    List<FormProblem> connectionProblems() {
        List<FormProblem> problems = new ArrayList<>();
        FormFields.TEXTS.forEach(
                field -> add(problems, field.name(), field.check().apply(get(field.name()))));
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
        if (isChecked("takeEvents")) {
            needed(problems, "gerritHost", Messages.MetapluginCiForm_hostNeeded());
            add(problems, "controllerUrl", Checks.reachable(get("controllerUrl")));
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

    /** Every error of the layout that would be in force, with its place. */
    private void layoutProblems(List<FormProblem> problems) {
        String file = get("layoutFile");
        if (Checks.keyFile(file) == null && Checks.connection(get("connectionName")) == null) {
            for (Problem error : LayoutSource.read(get(FormFields.LAYOUT), file, get("connectionName"))
                    .result()
                    .errors()) {
                add(problems, file.isEmpty() ? FormFields.LAYOUT : "layoutFile", Checks.layoutProblem(error));
            }
        }
    }

    private void moreLogServersProblems(List<FormProblem> problems) {
        Set<String> names = new HashSet<>(Set.of(get("logServerName")));
        for (int i = 0; i < moreLogServers.size(); i++) {
            LogServerRow row = moreLogServers.get(i);
            String name = row.get("logServerName");
            Map<String, String> wrong = row.problems();
            if (!names.add(name)) {
                wrong.putIfAbsent("logServerName", Messages.MetapluginCiForm_nameTaken(name));
            }
            int number = i + 2;
            wrong.forEach((field, text) -> problems.add(FormProblem.ofLogServer(number, field, text)));
            if (row.hasTypedPassword() && !problems.isEmpty()) {
                problems.add(FormProblem.ofLogServer(
                        number, "logServerPassword", Messages.MetapluginCiForm_passwordAgain()));
            }
        }
        if (!moreLogServers.isEmpty() && get("logServerHost").isEmpty()) {
            add(problems, "logServerHost", Messages.MetapluginCiForm_firstLogServerNeeded());
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
        settings.moreLogServers = new ArrayList<>(
                moreLogServers.stream().map(LogServerRow::server).toList());
        FormFields.TEXTS.forEach(field -> field.set().accept(settings, get(field.name())));
        FormFields.FLAGS.forEach(field -> field.set().accept(settings, flags.get(field.name())));
        if (!typedPassword.isEmpty()) {
            settings.logServerPassword = Secret.fromString(typedPassword);
        } else if (!clearPassword && isSameLogServer(before)) {
            settings.logServerPassword = before.logServerPassword;
        }
        return settings;
    }

    /** What is typed in a field of text. */
    String get(String field) {
        return texts.get(field);
    }

    /** Whether a box is checked. */
    boolean isChecked(String field) {
        return flags.get(field);
    }

    @Override
    public MetapluginCiConfiguration getDescriptor() {
        return (MetapluginCiConfiguration) Hudson.getInstance().getDescriptor(MetapluginCiForm.class);
    }

    /** What each row of {@code logServers} after the first shows, for the page's Jelly. */
    public List<Map<String, Object>> getMoreLogServers() {
        return moreLogServers.stream().map(LogServerRow::fields).toList();
    }

    /** What a row shows that somebody adds. */
    public Map<String, Object> getNewLogServer() {
        return new LogServerRow(new SavedLogServer()).fields();
    }

    /** What each field shows, by its name, for the page's Jelly; {@code passwordSet} says whether a password is saved. */
    public Map<String, Object> getFields() {
        Map<String, Object> fields = new LinkedHashMap<>(texts);
        fields.putAll(flags);
        fields.put("clearLogServerPassword", clearPassword);
        fields.put("passwordSet", passwordSet);
        return fields;
    }
}
