/**
 * Gerrit over SSH: its events, read from a stream that is watched and reconnected, queries, and reviews. Knows nothing of
 * Jenkins and nothing of what the events are for.
 */
package io.jenkins.plugins.metapluginci.gerrit;
