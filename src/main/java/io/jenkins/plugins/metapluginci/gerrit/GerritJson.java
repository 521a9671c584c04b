package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Gerrit's JSON as it comes, without a tree of it: most of it is not needed. Gerrit's releases differ in what they say
 * and in how they write numbers (some as text), so a missing value is empty, a number may be text, and a value of another
 * kind than it should be is none. Each method that takes the reader takes exactly one value from it.
 */
final class GerritJson {
    /** Longest name, ref or address that is believed, in characters; Gerrit makes none that long. */
    private static final int MAX_NAME = 2_000;
    /** Longest text that is only shown, in characters. */
    private static final int MAX_SUBJECT = 500;

    private GerritJson() {}

    /** What Gerrit sent is not what it is known to send. The message repeats none of it. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /** Takes the value of one member of an object, whatever it is. */
    @FunctionalInterface
    interface Members {
        void take(String name, JsonReader value) throws IOException, MalformedException;
    }

    /** Takes one element of an array, whatever it is. */
    @FunctionalInterface
    interface Elements {
        void take(JsonReader value) throws IOException, MalformedException;
    }

    /** Reads one line, which must be one whole JSON object. */
    static void line(String line, Members members) throws MalformedException {
        try (JsonReader reader = new JsonReader(new StringReader(line))) {
            reader.setStrictness(Strictness.STRICT);
            if (!object(reader, members) || reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedException("not one JSON object");
            }
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new MalformedException("not JSON (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** @return false when the value is no object; it is left out then */
    static boolean object(JsonReader value, Members members) throws IOException, MalformedException {
        if (value.peek() != JsonToken.BEGIN_OBJECT) {
            value.skipValue();
            return false;
        }
        value.beginObject();
        while (value.hasNext()) {
            members.take(value.nextName(), value);
        }
        value.endObject();
        return true;
    }

    static void array(JsonReader value, Elements elements) throws IOException, MalformedException {
        if (value.peek() != JsonToken.BEGIN_ARRAY) {
            value.skipValue();
            return;
        }
        value.beginArray();
        while (value.hasNext()) {
            elements.take(value);
        }
        value.endArray();
    }

    /** A text of any length, empty where there is none. */
    static String text(JsonReader value) throws IOException {
        switch (value.peek()) {
            case STRING, NUMBER -> {
                return value.nextString();
            }
            case BOOLEAN -> {
                return String.valueOf(value.nextBoolean());
            }
            default -> {
                value.skipValue();
                return "";
            }
        }
    }

    /** A text by which something is found again, so that it must not be cut. */
    static String name(JsonReader value) throws IOException, MalformedException {
        String text = text(value);
        if (text.length() > MAX_NAME) {
            throw new MalformedException("a name is too long");
        }
        return text;
    }

    /** A text for people, cut when very long. */
    static String label(JsonReader value) throws IOException {
        String text = text(value);
        return text.length() <= MAX_SUBJECT ? text : text.substring(0, MAX_SUBJECT) + "…";
    }

    /** A number or a text of digits; 0 where there is none. */
    static long number(JsonReader value) throws IOException, MalformedException {
        String text = text(value);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedException("not a number where one should be");
        }
    }

    static int smallNumber(JsonReader value) throws IOException, MalformedException {
        long number = number(value);
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw new MalformedException("a number is out of range");
        }
        return (int) number;
    }

    static List<String> names(JsonReader value) throws IOException, MalformedException {
        List<String> names = new ArrayList<>(2);
        array(value, element -> names.add(name(element)));
        return names;
    }

    static GerritAccount account(JsonReader value) throws IOException, MalformedException {
        String[] parts = {"", "", ""};
        object(value, (name, part) -> {
            switch (name) {
                case "name" -> parts[0] = label(part);
                case "email" -> parts[1] = label(part);
                case "username" -> parts[2] = label(part);
                default -> part.skipValue();
            }
        });
        return new GerritAccount(parts[0], parts[1], parts[2]);
    }

    /** What is known of a change so far. */
    static final class ChangeParts implements Members {
        private String project = "";
        private String branch = "";
        private String topic = "";
        private String changeId = "";
        private int number;
        private String subject = "";
        private String url = "";
        private GerritAccount owner = GerritAccount.UNKNOWN;
        private String status = "";
        private boolean workInProgress;
        private boolean isPrivate;
        private String commitMessage = "";

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "project" -> project = name(value);
                case "branch" -> branch = name(value);
                case "topic" -> topic = name(value);
                case "id" -> changeId = name(value);
                case "number" -> number = smallNumber(value);
                case "subject" -> subject = label(value);
                case "url" -> url = name(value);
                case "owner" -> owner = account(value);
                case "status" -> status = label(value);
                case "wip" -> workInProgress = text(value).equals("true");
                case "private" -> isPrivate = text(value).equals("true");
                case "commitMessage" -> commitMessage = text(value);
                default -> value.skipValue();
            }
        }

        GerritChange made() {
            return new GerritChange(
                    project,
                    branch,
                    topic,
                    changeId,
                    number,
                    subject,
                    url,
                    owner,
                    status,
                    workInProgress,
                    isPrivate,
                    commitMessage);
        }
    }

    /** @return null when the value is no object */
    @CheckForNull
    static GerritChange change(JsonReader value) throws IOException, MalformedException {
        ChangeParts parts = new ChangeParts();
        return object(value, parts) ? parts.made() : null;
    }

    /** What is known of a patchset so far. */
    static final class PatchSetParts implements Members {
        private int number;
        private String revision = "";
        private String ref = "";
        private GerritAccount uploader = GerritAccount.UNKNOWN;
        private List<String> parents = List.of();
        private long createdOn;

        @Override
        public void take(String name, JsonReader value) throws IOException, MalformedException {
            switch (name) {
                case "number" -> number = smallNumber(value);
                case "revision" -> revision = name(value);
                case "ref" -> ref = name(value);
                case "uploader" -> uploader = account(value);
                case "parents" -> parents = names(value);
                case "createdOn" -> createdOn = number(value);
                default -> value.skipValue();
            }
        }

        GerritPatchSet made() {
            return new GerritPatchSet(number, revision, ref, uploader, parents, createdOn);
        }
    }

    /** @return null when the value is no object */
    @CheckForNull
    static GerritPatchSet patchSet(JsonReader value) throws IOException, MalformedException {
        PatchSetParts parts = new PatchSetParts();
        return object(value, parts) ? parts.made() : null;
    }
}
