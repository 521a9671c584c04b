package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes in memory, and the part of {@code gerrit query} that our questions use, answered as 3.10 answers them. */
final class ModelGerrit implements GerritQuery.Commands {
    final Map<Integer, Change> changes = new TreeMap<>();
    final List<String> questions = new ArrayList<>();
    /** Told by {@code moreChanges}, or by {@code sortKey} as releases before 2.9 do. */
    boolean sortKeys;
    /** Whether patchsets say their parents, and changes their {@code dependsOn}, as old and new releases do. */
    boolean parents = true;
    /** What is kept of an answer; a smaller bound than the real one, for short tests. */
    int keptBytes = Integer.MAX_VALUE;
    /** By Gerrit's clock. */
    long now = 1_700_000_000;
    /** Called before each answer, to change what is asked for. */
    Runnable before = () -> {};

    /** A change and how to make it. */
    final class Change {
        final int number;
        private int idNumber;
        String project = "openstack/neutron";
        String branch = "master";
        String status = "NEW";
        String footers = "";
        long updated = now;
        final List<JsonObject> patchSets = new ArrayList<>();
        final JsonArray comments = new JsonArray();

        Change(int number) {
            this.number = number;
            this.idNumber = number;
            changes.put(number, this);
        }

        String id() {
            return "I" + "%040x".formatted(idNumber);
        }

        /** The same Change-Id as another change, on another branch. */
        Change twinOf(Change other) {
            idNumber = other.idNumber;
            return this;
        }

        Change in(String name) {
            project = name;
            return this;
        }

        Change on(String name) {
            branch = name;
            return this;
        }

        Change dependsOn(Change other) {
            footers += "Depends-On: " + other.id() + "\n";
            return this;
        }

        Change status(String name) {
            status = name;
            return this;
        }

        Change patchSet(String revision, String... on) {
            JsonObject json = new JsonObject();
            json.addProperty("number", patchSets.size() + 1);
            json.addProperty("revision", revision);
            json.addProperty("ref", "refs/changes/" + number + "/" + (patchSets.size() + 1));
            JsonArray commits = new JsonArray();
            for (String commit : on) {
                commits.add(commit);
            }
            json.add("parents", commits);
            json.addProperty("createdOn", updated);
            json.add("uploader", person("dev"));
            json.add("approvals", new JsonArray());
            patchSets.add(json);
            return this;
        }

        Change at(long seconds) {
            updated = seconds;
            return this;
        }

        Change comment(String by, long seconds, String text) {
            JsonObject json = new JsonObject();
            json.addProperty("timestamp", seconds);
            json.add("reviewer", person(by));
            json.addProperty("message", text);
            comments.add(json);
            updated = Math.max(updated, seconds);
            return this;
        }

        Change approval(String label, int value, String by, long seconds) {
            JsonObject json = new JsonObject();
            json.addProperty("type", label);
            json.addProperty("description", label);
            json.addProperty("value", "" + value);
            json.addProperty("grantedOn", seconds);
            json.add("by", person(by));
            current().getAsJsonArray("approvals").add(json);
            return this;
        }

        JsonObject current() {
            return patchSets.get(patchSets.size() - 1);
        }

        String revision() {
            return current().get("revision").getAsString();
        }

        boolean open() {
            return status.equals("NEW");
        }

        /** The line of the stream for the current patchset. */
        String line() {
            JsonObject event = new JsonObject();
            event.addProperty("type", "patchset-created");
            event.add("change", json(List.of("--commit-message")));
            event.add("patchSet", patchSet(current(), List.of()));
            event.add("uploader", person("dev"));
            event.addProperty("eventCreatedOn", now);
            return event.toString();
        }

        /** What that line is read as. */
        GerritEvent created() throws Exception {
            return EventParser.parse(line());
        }

        JsonObject json(List<String> options) {
            JsonObject json = new JsonObject();
            json.addProperty("project", project);
            json.addProperty("branch", branch);
            json.addProperty("id", id());
            json.addProperty("number", number);
            json.addProperty("subject", "Change " + number);
            json.add("owner", person("dev"));
            json.addProperty("url", "http://gerrit/" + number);
            json.addProperty("status", status);
            json.addProperty("open", open());
            json.addProperty("lastUpdated", updated);
            if (sortKeys) {
                json.addProperty("sortKey", "%016d".formatted(updated * 1000 + number));
            }
            if (options.contains("--commit-message")) {
                json.addProperty("commitMessage", "Change " + number + "\n\n" + footers + "Change-Id: " + id() + "\n");
            }
            if (options.contains("--comments")) {
                json.add("comments", comments);
            }
            if (options.contains("--current-patch-set")) {
                json.add("currentPatchSet", patchSet(current(), options));
            }
            if (options.contains("--patch-sets")) {
                JsonArray all = new JsonArray();
                patchSets.forEach(each -> all.add(patchSet(each, options)));
                json.add("patchSets", all);
            }
            if (options.contains("--dependencies")) {
                json.add("dependsOn", dependencies());
            }
            return json;
        }

        private JsonArray dependencies() {
            JsonArray on = new JsonArray();
            for (var parent : current().getAsJsonArray("parents")) {
                for (Change other : changes.values()) {
                    for (JsonObject each : other.patchSets) {
                        if (each.get("revision").equals(parent)) {
                            JsonObject json = new JsonObject();
                            json.addProperty("number", "" + other.number);
                            json.add("revision", parent);
                            on.add(json);
                        }
                    }
                }
            }
            return on;
        }

        private JsonObject patchSet(JsonObject of, List<String> options) {
            JsonObject json = of.deepCopy();
            if (!parents) {
                json.remove("parents");
            }
            if (options.contains("--files")) {
                JsonArray files = new JsonArray();
                for (String name : new String[] {"/COMMIT_MSG", "file-of-" + of.get("number")}) {
                    JsonObject file = new JsonObject();
                    file.addProperty("file", name);
                    files.add(file);
                }
                json.add("files", files);
            }
            return json;
        }
    }

    static JsonObject person(String name) {
        JsonObject json = new JsonObject();
        json.addProperty("name", name + " of the model");
        json.addProperty("email", name + "@example.org");
        json.addProperty("username", name);
        return json;
    }

    Change change(int number) {
        return new Change(number);
    }

    @Override
    public ExecResult command(String command, boolean repeatable, int maxBytes) throws SshException {
        String answer = answer(command);
        int bound = Math.min(maxBytes, keptBytes);
        return new ExecResult(0, answer.length() <= bound ? answer : answer.substring(0, bound), "");
    }

    @Override
    public String account() {
        return "ci";
    }

    private static final Pattern PROJECT = Pattern.compile("project:\"([^\"]*)\"");

    /** What Gerrit prints. */
    synchronized String answer(String command) {
        before.run();
        List<String> words = FaultyGerrit.arguments(command);
        List<String> options =
                words.stream().filter(word -> word.startsWith("--")).toList();
        int start = words.contains("--start") ? Integer.parseInt(words.get(words.indexOf("--start") + 1)) : 0;
        String question = words.get(words.size() - 1);
        questions.add(question);
        List<Change> found = changes.values().stream()
                .filter(change -> matches(change, question))
                .sorted(Comparator.comparingLong((Change c) -> -c.updated).thenComparing(c -> -c.number))
                .skip(start)
                .toList();
        int limit = Integer.parseInt(word(question, "limit:(\\d+)", "500"));
        StringBuilder answer = new StringBuilder();
        found.stream()
                .limit(limit)
                .forEach(change -> answer.append(change.json(options)).append('\n'));
        answer.append("{\"type\":\"stats\",\"rowCount\":").append(Math.min(limit, found.size()));
        if (!sortKeys) {
            answer.append(",\"moreChanges\":").append(found.size() > limit);
        }
        return answer.append("}\n").toString();
    }

    private static String word(String question, String pattern, String otherwise) {
        Matcher word = Pattern.compile("(?:^| )" + pattern).matcher(question);
        return word.find() ? word.group(1) : otherwise;
    }

    private boolean matches(Change change, String question) {
        String which = word(question, "change:(\\S+)", "");
        String commit = word(question, "commit:(\\S+)", "");
        long age = Long.parseLong(word(question, "-age:(\\d+)s", "999999999"));
        String after = word(question, "resume_sortkey:(\\d+)", "");
        List<String> projects =
                PROJECT.matcher(question).results().map(m -> m.group(1)).toList();
        return (which.isEmpty() || which.equals("" + change.number) || which.equals(change.id()))
                && (commit.isEmpty()
                        || change.patchSets.stream()
                                .anyMatch(each ->
                                        each.get("revision").getAsString().equals(commit)))
                && (!question.contains("status:open") || change.open())
                && change.updated >= now - age
                && (after.isEmpty() || change.updated * 1000 + change.number < Long.parseLong(after))
                && (projects.isEmpty() || projects.contains(change.project));
    }
}
