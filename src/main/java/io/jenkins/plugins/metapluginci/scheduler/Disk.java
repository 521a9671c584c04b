package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.util.Map;

/** Where records survive a kill at any instant. Called from the scheduler's thread. */
interface Disk<T> {
    /** On return it is there to stay. */
    void put(String key, T record) throws IOException;

    void remove(String key) throws IOException;

    /** Null when there is none. */
    @CheckForNull
    T get(String key) throws IOException;

    /** Every record by key. */
    Map<String, T> all() throws IOException;

    static <T> Disk<T> of(JsonStore<T> store) {
        return new Disk<>() {
            @Override
            public void put(String key, T record) throws IOException {
                store.put(key, record);
            }

            @Override
            public void remove(String key) throws IOException {
                store.remove(key);
            }

            @Override
            public T get(String key) throws IOException {
                return store.get(key);
            }

            @Override
            public Map<String, T> all() throws IOException {
                return store.all();
            }
        };
    }
}
