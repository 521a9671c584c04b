package io.jenkins.plugins.metapluginci.scheduler;

import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Everything outside that the engine uses. None of it may make it wait.
 *
 * @param launcher Jenkins
 * @param records the build record of a uuid as it is on disk, or null
 * @param changes Gerrit, asked
 * @param merges the merger
 * @param reports Gerrit, told
 * @param inbox brings an answer to the engine's thread
 * @param uuids new ones, 32 hexadecimal digits each
 * @param clock epoch milliseconds
 */
record World(
        BuildLauncher launcher,
        Function<String, BuildRecord> records,
        ChangeSource changes,
        MergeService merges,
        ReportSender reports,
        Executor inbox,
        Supplier<String> uuids,
        LongSupplier clock) {}
