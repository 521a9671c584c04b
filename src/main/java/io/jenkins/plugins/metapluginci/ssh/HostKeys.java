package io.jenkins.plugins.metapluginci.ssh;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * The keys that a host may show.
 *
 * @param text what the operator configured: one key a line, as {@code ssh-ed25519 AAAA…}, as a known_hosts line
 *     ({@code host ssh-ed25519 AAAA…}, {@code [host]:port …}, hashed names too) or as a {@code .pub} file; empty lines and
 *     {@code #} comments are skipped. Empty: no key is accepted, and the exception names the key that the host showed.
 */
public record HostKeys(String text) {
    /**
     * What is wrong with a text, for the page on which it is typed. An empty text is well formed.
     *
     * @return the first problem with its line number and what to do; null when there is none. It repeats nothing of the
     *     text, in which somebody may have pasted a private key.
     */
    @CheckForNull
    public static String problem(String text) {
        try {
            HostKeyList.parse(text);
            return null;
        } catch (HostKeyList.MalformedException e) {
            return e.getMessage();
        }
    }
}
