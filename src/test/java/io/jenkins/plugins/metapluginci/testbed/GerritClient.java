package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** What one person does at Gerrit: pushes changes with git, comments, reads votes and comments back. Thread-safe. */
public final class GerritClient {

    /** The label that the CI votes on. */
    public static final String VERIFIED = "Verified";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Gerrit puts this line before every JSON answer, against inclusion as a script. */
    private static final String MAGIC = ")]}'";

    private final URI url;
    private final Account account;
    private final GitUploads git;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /**
     * A client.
     *
     * @param url Gerrit's root URL
     * @param account who; null for nobody
     * @param directory for its git repositories
     */
    GerritClient(URI url, @CheckForNull Account account, Path directory) {
        this.url = url;
        this.account = account;
        this.git = new GitUploads(url, account, directory);
    }

    /**
     * One change with its current patchset. Immutable; {@link GerritClient#read} gives a newer one.
     *
     * @param number as in its URL
     * @param changeId {@code I…}
     * @param status NEW, MERGED or ABANDONED
     * @param patchset number of the current patchset
     * @param revision commit of the current patchset
     * @param ref of the current patchset, {@code refs/changes/…}
     * @param votes values of the Verified label on the current patchset by user name; without those who did not vote
     *     or whose vote is 0
     * @param messages oldest first
     */
    public record Change(
            int number,
            String project,
            String branch,
            String changeId,
            String subject,
            String status,
            int patchset,
            String revision,
            String ref,
            Map<String, Integer> votes,
            List<Message> messages) {

        /** The CI's vote on the current patchset, 0 when it has none. */
        public int ciVote() {
            return votes.getOrDefault(GerritServer.CI_USER, 0);
        }

        /** What the CI said, oldest first. */
        public List<Message> ciMessages() {
            return messages.stream()
                    .filter(m -> m.author().equals(GerritServer.CI_USER))
                    .toList();
        }

        /** What the CI said about one patchset, oldest first. */
        public List<Message> ciMessages(int patchsetNumber) {
            return ciMessages().stream()
                    .filter(m -> m.patchset() == patchsetNumber)
                    .toList();
        }
    }

    /**
     * A message of a change.
     *
     * @param author user name, empty for Gerrit itself
     * @param patchset it belongs to
     * @param text begins with {@code Patch Set N:}
     * @param date as Gerrit writes it, UTC
     */
    public record Message(String author, int patchset, String text, String date) {}

    /** A script that decides the change's test, pushed as a new change; see {@link Gate#SCRIPT}. */
    public Change pushChange(String project, String branch, String subject, String script) {
        return pushChange(project, branch, subject, Map.of(Gate.SCRIPT, script));
    }

    /** A new change. @param files content by path; {@code *.sh} is executable */
    public Change pushChange(String project, String branch, String subject, Map<String, String> files) {
        String changeId = "I"
                + (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "").substring(0, 40);
        git.push(project, branch, message(subject, changeId), files);
        return find(project, branch, changeId);
    }

    /**
     * A new change on a commit that need not be the branch's tip.
     *
     * @param parent that commit, say the {@link Change#revision} of a change that this one needs
     * @param body paragraphs of the commit message between subject and Change-Id, say a {@code Depends-On:}; may be empty
     */
    public Change pushChangeOn(
            String parent, String project, String branch, String subject, String body, Map<String, String> files) {
        String changeId = "I"
                + (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "").substring(0, 40);
        String footer = body.isEmpty() ? "" : "\n" + body;
        String message = subject + "\n" + footer + "\nChange-Id: " + changeId + "\n";
        git.pushOn(parent, project, branch, message, files);
        return find(project, branch, changeId);
    }

    /** The commit that a branch is at. */
    public String tip(String project, String branch) {
        return git.tip(project, branch);
    }

    /** Commits onto a branch's tip without review; for who may. */
    public void commit(String project, String branch, String subject, Map<String, String> files) {
        git.pushOntoBranch(project, branch, subject, files);
    }

    /** A new patchset of a change, on the branch's tip, with another script. */
    public Change pushPatchset(Change change, String script) {
        return pushPatchset(change, change.subject(), Map.of(Gate.SCRIPT, script));
    }

    /** A new patchset of a change, on the branch's tip. */
    public Change pushPatchset(Change change, String subject, Map<String, String> files) {
        git.push(change.project(), change.branch(), message(subject, change.changeId()), files);
        return find(change.project(), change.branch(), change.changeId());
    }

    /** Commits to a branch without review; for who may. */
    void pushBranch(String project, String branch, String subject, Map<String, String> files) {
        git.pushBranch(project, branch, subject, files);
    }

    /** Abandons a change. */
    public void abandon(Change change) {
        post("a/changes/" + change.number() + "/abandon", new JsonObject());
    }

    /** Restores an abandoned change. */
    public void restore(Change change) {
        post("a/changes/" + change.number() + "/restore", new JsonObject());
    }

    /** Submits a change after voting for it; for who may. */
    public void submit(Change change) {
        review(change, object("{\"labels\": {\"Code-Review\": 2}}"));
        post("a/changes/" + change.number() + "/submit", new JsonObject());
    }

    /** Comments on the current patchset. Gerrit puts {@code Patch Set N:} and an empty line before the text. */
    public void comment(Change change, String text) {
        JsonObject input = new JsonObject();
        input.addProperty("message", text);
        review(change, input);
    }

    /** Comments on a line; Gerrit adds {@code (1 comment)} to the message that everyone sees. */
    public void commentInline(Change change, String text, String file, int line, String inlineText) {
        JsonObject comment = new JsonObject();
        comment.addProperty("line", line);
        comment.addProperty("message", inlineText);
        JsonArray comments = new JsonArray();
        comments.add(comment);
        JsonObject byFile = new JsonObject();
        byFile.add(file, comments);
        JsonObject input = new JsonObject();
        input.addProperty("message", text);
        input.add("comments", byFile);
        review(change, input);
    }

    /** Posts a ReviewInput on the current patchset. */
    public void review(Change change, JsonObject reviewInput) {
        post("a/changes/" + change.number() + "/revisions/current/review", reviewInput);
    }

    /** The change as it is now. */
    public Change read(int number) {
        return change(get(prefix() + "changes/" + number + DETAILS).getAsJsonObject());
    }

    /** The change as it is now. */
    public Change read(Change change) {
        return read(change.number());
    }

    /** Waits until the change is as wanted and returns it then; a failure prints the change as it was last seen. */
    public Change await(Change change, String what, Duration limit, Predicate<Change> wanted) {
        Change[] last = {change};
        return Await.value(
                "change " + change.number() + " (" + change.subject() + "): " + what,
                limit,
                () -> "\nlast seen: " + describe(last[0]),
                () -> {
                    last[0] = read(change);
                    return Optional.of(last[0]).filter(wanted);
                });
    }

    /** Waits until the CI has commented {@code count} times on the change's current patchset. */
    public Change awaitCiReports(Change change, int count, Duration limit) {
        return await(
                change,
                count + " reports of the CI on patchset " + change.patchset(),
                limit,
                c -> c.ciMessages(change.patchset()).size() >= count);
    }

    /** Waits for the CI's vote on the current patchset. */
    public Change awaitCiVote(Change change, int vote, Duration limit) {
        return await(change, "Verified " + vote + " by the CI", limit, c -> c.ciVote() == vote);
    }

    /** A change for people. */
    public static String describe(Change change) {
        StringBuilder text = new StringBuilder("change %d,%d %s %s, Verified %s"
                .formatted(change.number(), change.patchset(), change.project(), change.status(), change.votes()));
        for (Message message : change.messages()) {
            text.append("\n  ")
                    .append(message.date())
                    .append(' ')
                    .append(message.author())
                    .append(" on patchset ");
            text.append(message.patchset()).append(": ");
            text.append(message.text().replace("\n", "\n    "));
        }
        return text.toString();
    }

    private static final String DETAILS = "?o=CURRENT_REVISION&o=DETAILED_LABELS&o=DETAILED_ACCOUNTS&o=MESSAGES";

    private Change find(String project, String branch, String changeId) {
        String id = encode(project) + "~" + encode(branch) + "~" + changeId;
        return change(get(prefix() + "changes/" + id + DETAILS).getAsJsonObject());
    }

    private static Change change(JsonObject json) {
        String revision = json.get("current_revision").getAsString();
        JsonObject current = json.getAsJsonObject("revisions").getAsJsonObject(revision);
        Map<String, Integer> votes = new LinkedHashMap<>();
        JsonObject label = json.getAsJsonObject("labels").getAsJsonObject(VERIFIED);
        for (JsonElement one : array(label, "all")) {
            JsonElement value = one.getAsJsonObject().get("value");
            if (value != null && value.getAsInt() != 0) {
                votes.put(one.getAsJsonObject().get("username").getAsString(), value.getAsInt());
            }
        }
        List<Message> messages = new ArrayList<>();
        for (JsonElement one : array(json, "messages")) {
            messages.add(message(one.getAsJsonObject()));
        }
        return new Change(
                json.get("_number").getAsInt(),
                json.get("project").getAsString(),
                json.get("branch").getAsString(),
                json.get("change_id").getAsString(),
                json.get("subject").getAsString(),
                json.get("status").getAsString(),
                current.get("_number").getAsInt(),
                revision,
                current.get("ref").getAsString(),
                Map.copyOf(votes),
                List.copyOf(messages));
    }

    private static Message message(JsonObject json) {
        JsonObject author = json.getAsJsonObject("author");
        return new Message(
                author == null || !author.has("username")
                        ? ""
                        : author.get("username").getAsString(),
                json.has("_revision_number") ? json.get("_revision_number").getAsInt() : 0,
                json.get("message").getAsString(),
                json.get("date").getAsString());
    }

    private static JsonArray array(@CheckForNull JsonObject json, String name) {
        return json == null || !json.has(name) ? new JsonArray() : json.getAsJsonArray(name);
    }

    private static String message(String subject, String changeId) {
        return subject + "\n\nChange-Id: " + changeId + "\n";
    }

    /** URL-encodes a part of a path, slashes included. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Parses a JSON object. */
    static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** GET; the parsed answer. @param path below the root URL; with {@code a/} before it when logged in */
    JsonElement get(String path) {
        return send(request(path).GET());
    }

    /** PUT of JSON. */
    JsonElement put(String path, JsonObject body) {
        return send(request(path)
                .header("Content-Type", "application/json; charset=UTF-8")
                .PUT(BodyPublishers.ofString(body.toString())));
    }

    /** POST of JSON. */
    JsonElement post(String path, JsonObject body) {
        return send(request(path)
                .header("Content-Type", "application/json; charset=UTF-8")
                .POST(BodyPublishers.ofString(body.toString())));
    }

    private String prefix() {
        return account == null ? "" : "a/";
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(LIMIT);
        if (account != null) {
            String pair = account.name() + ":" + account.password();
            builder.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return builder;
    }

    private JsonElement send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        request.method() + " " + request.uri() + ": " + response.statusCode() + " " + response.body());
            }
            String body = response.body();
            return body.startsWith(MAGIC) ? JsonParser.parseString(body.substring(MAGIC.length())) : JsonNull.INSTANCE;
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
