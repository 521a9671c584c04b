package io.jenkins.plugins.metapluginci.gerrit;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the stream's thread does with the bytes of a stream, for benchmarks. */
public final class StreamLines {
    private static final TypeAdapter<JsonElement> TREE = new Gson().getAdapter(JsonElement.class);

    private StreamLines() {}

    /** Reads a stream to its end. @return how many lines were events */
    public static long read(byte[] stream, Predicate<String> wanted, Consumer<GerritEvent> to) throws IOException {
        EventSieve sieve = new EventSieve(() -> wanted);
        LineReader lines = new LineReader(new ByteArrayInputStream(stream), EventStream.MAX_LINE_BYTES);
        long read = 0;
        try {
            while (lines.next()) {
                GerritEvent event = sieve.take(lines.bytes(), lines.start(), lines.end());
                if (event != null) {
                    to.accept(event);
                }
                read++;
            }
        } catch (MalformedException e) {
            throw new IOException(e);
        }
        return read;
    }

    private static JsonElement tree(String line) throws IOException {
        JsonReader reader = new JsonReader(new StringReader(line));
        reader.setStrictness(Strictness.STRICT);
        return TREE.read(reader);
    }

    /** Reads a stream to its end, each line into Gson's tree and no further: what it is compared with. */
    public static long readTrees(byte[] stream, Consumer<Object> to) throws IOException {
        LineReader lines = new LineReader(new ByteArrayInputStream(stream), EventStream.MAX_LINE_BYTES);
        long read = 0;
        while (lines.next()) {
            to.accept(tree(lines.text()));
            read++;
        }
        return read;
    }
}
