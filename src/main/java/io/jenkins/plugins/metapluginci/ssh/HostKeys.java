package io.jenkins.plugins.metapluginci.ssh;

/**
 * The keys that a host may show.
 *
 * @param text what the operator configured: one key a line, as {@code ssh-ed25519 AAAA…}, as a known_hosts line
 *     ({@code host ssh-ed25519 AAAA…}, {@code [host]:port …}) or as a {@code .pub} file; empty lines and {@code #} comments
 *     are skipped. Empty: no key is accepted, and the exception names the key that the host showed.
 */
public record HostKeys(String text) {}
