package io.jenkins.plugins.metapluginci.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.util.Secret;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One log server of the form, as somebody typed it or as it shows what is saved: a row after the first, and whatever is to be
 * tested. Its fields have the names that those of the first server have. Immutable.
 */
final class LogServerRow {
    /** @param check gives a problem for people, or null */
    private record Field(
            String name,
            Function<SavedLogServer, String> get,
            BiConsumer<SavedLogServer, String> set,
            UnaryOperator<String> check) {}

    private static final List<Field> FIELDS = List.of(
            new Field("logServerName", s -> s.name, (s, v) -> s.name = v, LogServer::nameProblem),
            new Field("logServerHost", s -> s.host, (s, v) -> s.host = v, Checks::host),
            new Field(
                    "logServerPort",
                    s -> Integer.toString(s.port),
                    (s, v) -> s.port = Integer.parseInt(v),
                    Checks::port),
            new Field("logServerUser", s -> s.user, (s, v) -> s.user = v, Checks::user),
            new Field("logServerKeyFile", s -> s.keyFile, (s, v) -> s.keyFile = v, Checks::keyFile),
            new Field("logServerHostKeys", s -> s.hostKeys, (s, v) -> s.hostKeys = v, Checks::hostKeys),
            new Field("logServerRoot", s -> s.root, (s, v) -> s.root = v, Checks::directory),
            new Field("logServerUrl", s -> s.url, (s, v) -> s.url = v, Checks::webUrl),
            new Field("logServerProtocol", s -> s.protocol, (s, v) -> s.protocol = v, Checks::protocol),
            new Field(
                    "logServerRetentionDays",
                    s -> Integer.toString(s.retentionDays),
                    (s, v) -> s.retentionDays = Integer.parseInt(v),
                    Checks::retention),
            new Field(
                    "logServerRetentionGigabytes",
                    s -> Integer.toString(s.retentionGigabytes),
                    (s, v) -> s.retentionGigabytes = Integer.parseInt(v),
                    Checks::retention));

    private final Map<String, String> texts = new LinkedHashMap<>();
    private final String typedPassword;
    private final boolean clearPassword;

    /** What is saved for the same host, port and user: a saved password is for them alone. */
    @CheckForNull
    private final Secret saved;

    /** Shows what is saved. */
    LogServerRow(SavedLogServer server) {
        FIELDS.forEach(field -> texts.put(field.name(), field.get().apply(server)));
        typedPassword = "";
        clearPassword = false;
        saved = server.password;
    }

    /** Takes what was submitted. @param before every server that is saved */
    LogServerRow(JsonObject row, List<SavedLogServer> before) {
        SavedLogServer fresh = new SavedLogServer();
        FIELDS.forEach(field -> {
            String typed = Checks.text(text(row, field.name()));
            texts.put(field.name(), typed.isEmpty() ? field.get().apply(fresh) : typed);
        });
        typedPassword = text(row, "logServerPassword");
        JsonElement clear = row.get("clearLogServerPassword");
        clearPassword = clear != null && clear.isJsonPrimitive() && clear.getAsBoolean();
        saved = before.stream()
                .filter(this::isSame)
                .map(each -> each.password)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String text(JsonObject row, String name) {
        JsonElement value = row.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    private boolean isSame(SavedLogServer server) {
        return server.host.equals(get("logServerHost"))
                && Integer.toString(server.port).equals(get("logServerPort"))
                && server.user.equals(get("logServerUser"));
    }

    String get(String field) {
        return texts.get(field);
    }

    private boolean hasPassword() {
        return !typedPassword.isEmpty() || saved != null && !clearPassword;
    }

    /** What must be right before a connection is worth a try, by the field's name; without host keys one is. */
    Map<String, String> connectionProblems() {
        Map<String, String> problems = new LinkedHashMap<>();
        for (Field field : FIELDS) {
            put(problems, field.name(), field.check().apply(get(field.name())));
        }
        needed(problems, "logServerHost", Messages.MetapluginCiForm_hostNeeded());
        needed(problems, "logServerUser", Messages.MetapluginCiForm_userNeeded());
        needed(problems, "logServerRoot", Messages.MetapluginCiForm_rootNeeded());
        if (!hasPassword()) {
            needed(problems, "logServerKeyFile", Messages.MetapluginCiForm_loginNeeded());
        }
        return problems;
    }

    /** Every problem of the row, by the field's name. */
    Map<String, String> problems() {
        Map<String, String> problems = connectionProblems();
        needed(problems, "logServerHostKeys", Messages.MetapluginCiForm_hostKeysNeeded());
        return problems;
    }

    boolean hasTypedPassword() {
        return !typedPassword.isEmpty();
    }

    private static void put(Map<String, String> problems, String field, @CheckForNull String problem) {
        if (problem != null) {
            problems.putIfAbsent(field, problem);
        }
    }

    private void needed(Map<String, String> problems, String field, String problem) {
        if (get(field).isEmpty()) {
            put(problems, field, problem);
        }
    }

    /** What to save, or to try. Only for a row without {@link #connectionProblems}. */
    SavedLogServer server() {
        SavedLogServer server = new SavedLogServer();
        FIELDS.forEach(field -> field.set().accept(server, get(field.name())));
        if (!typedPassword.isEmpty()) {
            server.password = Secret.fromString(typedPassword);
        } else if (!clearPassword) {
            server.password = saved;
        }
        return server;
    }

    /** What the row shows, by the fields' names, for the page's Jelly. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>(texts);
        fields.put("clearLogServerPassword", clearPassword);
        fields.put("passwordSet", saved != null);
        return fields;
    }

    /** The rows of a form's JSON: one is an object, several are an array, none is nothing. */
    static List<LogServerRow> among(@CheckForNull JsonElement rows, List<SavedLogServer> before) {
        List<LogServerRow> found = new ArrayList<>();
        if (rows != null && rows.isJsonObject()) {
            found.add(new LogServerRow(rows.getAsJsonObject(), before));
        } else if (rows != null && rows.isJsonArray()) {
            for (JsonElement each : rows.getAsJsonArray()) {
                if (each.isJsonObject()) {
                    found.add(new LogServerRow(each.getAsJsonObject(), before));
                }
            }
        }
        return found;
    }
}
