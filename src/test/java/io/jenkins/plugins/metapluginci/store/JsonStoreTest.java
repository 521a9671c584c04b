package io.jenkins.plugins.metapluginci.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class JsonStoreTest {
    record Place(String phase, long since, String reason) {}

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private Path directory;
    private JsonStore<Place> store;

    @Before
    public void open() {
        directory = folder.getRoot().toPath().resolve("nodes");
        store = new JsonStore<>(directory, Place.class, 1);
    }

    @Test
    public void aRecordIsReadBackByTheNextProcess() throws Exception {
        Place place = new Place("REBOOTING", 42, "after <build> \"7\"\nline");
        store.put("node1", place);
        assertThat(new JsonStore<>(directory, Place.class, 1).get("node1")).isEqualTo(place);
        assertThat(store.all()).containsOnlyKeys("node1");
    }

    @Test
    public void removedIsGoneAndMissingIsNull() throws Exception {
        assertThat(store.all()).isEmpty();
        store.put("node1", new Place("READY", 1, null));
        store.remove("node1");
        store.remove("node1");
        assertThat(store.get("node1")).isNull();
    }

    @Test
    public void whatCannotBeReadIsSetAsideAndShown() throws Exception {
        store.put("good", new Place("READY", 1, null));
        Files.writeString(directory.resolve("cut.json"), "{\"version\": 1, \"rec");
        Files.write(directory.resolve("bytes.json"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.writeString(directory.resolve("later.json"), "{\"version\": 2, \"record\": {\"phase\": \"READY\"}}");
        Files.writeString(directory.resolve("empty.json"), "");
        assertThat(store.all()).containsOnlyKeys("good");
        assertThat(store.unreadable()).hasSize(4);
        assertThat(directory.resolve("later.json.unreadable")).exists();
        store.put("later", new Place("READY", 2, null));
        assertThat(directory.resolve("later.json.unreadable")).exists();
    }

    record Strict(String name) {
        Strict {
            java.util.Objects.requireNonNull(name);
        }
    }

    @Test
    public void whatARecordRefusesIsSetAside() throws Exception {
        JsonStore<Strict> strict = new JsonStore<>(directory, Strict.class, 1);
        strict.put("good", new Strict("x"));
        Files.writeString(directory.resolve("nameless.json"), "{\"version\": 1, \"record\": {}}");
        Files.writeString(directory.resolve("unversioned.json"), "{\"record\": {\"name\": \"x\"}}");
        assertThat(strict.all()).containsOnlyKeys("good");
        assertThat(strict.unreadable()).hasSize(2);
    }

    @Test
    public void aHalfWrittenFileIsNeverTaken() throws Exception {
        store.put("node1", new Place("READY", 1, null));
        Files.writeString(directory.resolve(".node1.tmp"), "{\"version\": 1, \"rec");
        assertThat(store.all()).containsOnlyKeys("node1");
        assertThat(store.unreadable()).isEmpty();
    }

    @Test
    public void keysCannotLeaveTheDirectory() {
        assertThatThrownBy(() -> store.get("../secrets")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.get("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void anyTextHasAKeyOfItsOwn() throws Exception {
        String[] texts = {"a b", "a_0020b", "a/b", "../x", ".x", "ä", "node-1.example"};
        for (String text : texts) {
            store.put(JsonStore.keyOf(text), new Place(text, 0, null));
        }
        assertThat(store.all()).hasSize(texts.length);
        for (String text : texts) {
            assertThat(store.get(JsonStore.keyOf(text)).phase()).isEqualTo(text);
        }
    }
}
