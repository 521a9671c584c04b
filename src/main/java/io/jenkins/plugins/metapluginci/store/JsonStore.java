package io.jenkins.plugins.metapluginci.store;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * A directory of small JSON files, one for each record, that survives a kill at any instant.
 *
 * <p>A file is written whole beside its place, forced to disk and renamed over it, so that a reader (this process or the
 * next one) sees the old record or the new one and nothing between. Each file holds the format version and the record:
 * {@code {"version": 1, "record": {…}}}. A file that cannot be read, or is of another version, is renamed to
 * {@code NAME.unreadable} and listed by {@link #unreadable()}: it is never silently dropped and never overwritten.
 *
 * <p>Threads: every method may be called from any thread; the monitor of the store orders writers. Callers must not hold a
 * lock that a web request or Jenkins' queue needs, since each write waits for the disk.
 *
 * @param <T> the record; anything Gson maps by its fields, Java records included
 */
public final class JsonStore<T> {
    private static final Logger LOGGER = Logger.getLogger(JsonStore.class.getName());
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
    private static final String SUFFIX = ".json";

    private final Gson gson =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();
    private final Path directory;
    private final Class<T> type;
    private final int version;
    private final Map<Integer, UnaryOperator<JsonObject>> upgrades;
    /** What was set aside since this process started; guarded by {@code this}. */
    private final List<String> unreadable = new ArrayList<>();

    /**
     * @param directory where the files are; made on the first write
     * @param type the class of the records
     * @param version the format version that this code writes and reads
     */
    public JsonStore(Path directory, Class<T> type, int version) {
        this(directory, type, version, Map.of());
    }

    /**
     * A store that reads older formats too; what it writes is of the current one.
     *
     * @param upgrades by format version: makes a record of that version one of the next
     */
    public JsonStore(Path directory, Class<T> type, int version, Map<Integer, UnaryOperator<JsonObject>> upgrades) {
        this.directory = directory;
        this.type = type;
        this.version = version;
        this.upgrades = Map.copyOf(upgrades);
    }

    /**
     * Writes a record, replacing the one of the same key. On return it is on disk.
     *
     * @param key letters, digits, {@code . _ -}; see {@link #keyOf} for anything else
     * @throws IOException when it could not be written; the old record is then still there
     */
    public synchronized void put(String key, T record) throws IOException {
        Path target = file(key);
        JsonObject whole = new JsonObject();
        whole.addProperty("version", version);
        whole.add("record", gson.toJsonTree(record, type));
        Files.createDirectories(directory);
        Path temporary = directory.resolve("." + key + ".tmp");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(gson.toJson(whole));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
    }

    /** The record of a key, or null when there is none (one that cannot be read is set aside and counts as none). */
    @CheckForNull
    public synchronized T get(String key) throws IOException {
        return read(file(key));
    }

    /** Every readable record by key, in the order of the keys. */
    public synchronized Map<String, T> all() throws IOException {
        Map<String, T> records = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return records;
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory, "[!.]*" + SUFFIX)) {
            listing.forEach(files::add);
        }
        for (Path file : files) {
            T record = read(file);
            if (record != null) {
                String name = directory.relativize(file).toString();
                records.put(name.substring(0, name.length() - SUFFIX.length()), record);
            }
        }
        return new LinkedHashMap<>(records);
    }

    /** Removes a record; nothing happens when there is none. */
    public synchronized void remove(String key) throws IOException {
        if (Files.deleteIfExists(file(key))) {
            forceDirectory();
        }
    }

    /** The files that were set aside since this process started, as full paths. */
    public synchronized List<String> unreadable() {
        return Collections.unmodifiableList(new ArrayList<>(unreadable));
    }

    /**
     * A key for any text: the text itself where it may be one, else its characters escaped as {@code _XXXX}, so that two
     * texts never share a key.
     *
     * @throws IllegalArgumentException when the result is longer than a file name may be
     */
    public static String keyOf(String text) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (plain || i > 0 && (c == '.' || c == '-')) {
                key.append(c);
            } else {
                key.append(i == 0 ? "x_" : "_").append(String.format("%04x", (int) c));
            }
        }
        if (key.length() == 0 || key.length() > 190) {
            throw new IllegalArgumentException("cannot be the name of a record: " + text);
        }
        return key.toString();
    }

    private Path file(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not a key of a record: " + key);
        }
        return directory.resolve(key + SUFFIX);
    }

    @CheckForNull
    private T read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (java.nio.charset.CharacterCodingException e) {
            setAside(file, "it is not UTF-8");
            return null;
        }
        try {
            JsonElement whole = JsonParser.parseString(text);
            JsonElement written = whole.getAsJsonObject().get("version");
            int found = written == null ? 0 : written.getAsInt();
            JsonElement content = whole.getAsJsonObject().get("record");
            while (found < version && upgrades.containsKey(found)) {
                content = upgrades.get(found).apply(content.getAsJsonObject());
                found++;
            }
            if (found != version) {
                setAside(file, "its format version is " + found + ", this release reads " + version);
                return null;
            }
            T record = gson.fromJson(content, type);
            if (record == null) {
                setAside(file, "it holds no record");
            }
            return record;
        } catch (RuntimeException e) {
            // Gson's own, and those of a record that will not be made of what is there.
            setAside(file, e.toString());
            return null;
        }
    }

    private void setAside(Path file, String why) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
        for (int n = 1; Files.exists(aside); n++) {
            aside = file.resolveSibling(file.getFileName() + ".unreadable-" + n);
        }
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        unreadable.add(aside.toString());
        LOGGER.log(Level.WARNING, "Cannot read {0}: {1}. It was set aside as {2}.", new Object[] {file, why, aside});
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
