package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Gerrit's JSON. Its releases differ in what they say and in how they write numbers (some as text), so a missing value
 * is empty, and a number may be text.
 */
final class GerritJson {
    /** Longest name, ref or address that is believed, in characters; Gerrit makes none that long. */
    private static final int MAX_NAME = 2_000;
    /** Longest text that is only shown, in characters. */
    private static final int MAX_SUBJECT = 500;

    private static final TypeAdapter<JsonElement> TREE = new Gson().getAdapter(JsonElement.class);

    private GerritJson() {}

    /** What Gerrit sent is not what it is known to send. The message repeats none of it. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /** Parses one line, which must be one whole JSON object. */
    static JsonObject object(String line) throws MalformedException {
        try (JsonReader reader = new JsonReader(new StringReader(line))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement tree = TREE.read(reader);
            if (!tree.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedException("not one JSON object");
            }
            return tree.getAsJsonObject();
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new MalformedException("not JSON (" + e.getClass().getSimpleName() + ")");
        }
    }

    @CheckForNull
    static JsonObject child(JsonObject parent, String name) {
        JsonElement value = parent.get(name);
        return value != null && value.isJsonObject() ? value.getAsJsonObject() : null;
    }

    static JsonArray array(JsonObject parent, String name) {
        JsonElement value = parent.get(name);
        return value != null && value.isJsonArray() ? value.getAsJsonArray() : new JsonArray();
    }

    /** A text of any length, empty where there is none. */
    static String text(JsonObject parent, String name) {
        JsonElement value = parent.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    /** A text by which something is found again, so that it must not be cut. */
    static String name(JsonObject parent, String name) throws MalformedException {
        String text = text(parent, name);
        if (text.length() > MAX_NAME) {
            throw new MalformedException("\"" + name + "\" is too long");
        }
        return text;
    }

    /** A text for people, cut when very long. */
    static String label(JsonObject parent, String name) {
        String text = text(parent, name);
        return text.length() <= MAX_SUBJECT ? text : text.substring(0, MAX_SUBJECT) + "…";
    }

    /** A number or a text of digits; 0 where there is none. */
    static long number(JsonObject parent, String name) throws MalformedException {
        String text = text(parent, name);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedException("\"" + name + "\" is not a number");
        }
    }

    static int smallNumber(JsonObject parent, String name) throws MalformedException {
        long number = number(parent, name);
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw new MalformedException("\"" + name + "\" is out of range");
        }
        return (int) number;
    }

    static GerritAccount account(@CheckForNull JsonObject json) {
        return json == null
                ? GerritAccount.UNKNOWN
                : new GerritAccount(label(json, "name"), label(json, "email"), label(json, "username"));
    }

    static GerritChange change(JsonObject json) throws MalformedException {
        return new GerritChange(
                name(json, "project"),
                name(json, "branch"),
                name(json, "topic"),
                name(json, "id"),
                smallNumber(json, "number"),
                label(json, "subject"),
                name(json, "url"),
                account(child(json, "owner")),
                label(json, "status"),
                text(json, "wip").equals("true"),
                text(json, "private").equals("true"),
                text(json, "commitMessage"));
    }

    static GerritPatchSet patchSet(JsonObject json) throws MalformedException {
        return new GerritPatchSet(
                smallNumber(json, "number"),
                name(json, "revision"),
                name(json, "ref"),
                account(child(json, "uploader")),
                texts(json, "parents"),
                number(json, "createdOn"));
    }

    /** The texts of an array; what is none is left out. */
    static List<String> texts(JsonObject parent, String name) throws MalformedException {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array(parent, name)) {
            if (element.isJsonPrimitive()) {
                String text = element.getAsString();
                if (text.length() > MAX_NAME) {
                    throw new MalformedException("a part of \"" + name + "\" is too long");
                }
                texts.add(text);
            }
        }
        return texts;
    }
}
