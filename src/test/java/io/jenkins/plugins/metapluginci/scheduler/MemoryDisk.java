package io.jenkins.plugins.metapluginci.scheduler;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A disk in memory that can be killed at a write, or refuse it. */
final class MemoryDisk<T> implements Disk<T> {
    /** What happens at each write, before and after it. */
    interface Fault {
        /** @param written whether the write has happened */
        void at(boolean written) throws IOException;
    }

    final Map<String, T> files = new LinkedHashMap<>();
    private final Fault fault;

    MemoryDisk(Fault fault) {
        this.fault = fault;
    }

    @Override
    public void put(String key, T record) throws IOException {
        fault.at(false);
        files.put(key, record);
        fault.at(true);
    }

    @Override
    public void remove(String key) throws IOException {
        fault.at(false);
        files.remove(key);
        fault.at(true);
    }

    @Override
    public T get(String key) {
        return files.get(key);
    }

    @Override
    public Map<String, T> all() {
        return new LinkedHashMap<>(files);
    }
}
