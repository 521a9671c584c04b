package io.jenkins.plugins.metapluginci.job.gate;

/**
 * A file that is put into the devstack tree before devstack runs.
 *
 * @param path relative to the devstack tree, {@code /} between names
 * @param content text with {@code \n} line ends
 */
public record InstalledFile(String path, String content) {}
