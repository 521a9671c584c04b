/**
 * Log paths, transfer of a build's logs to the log server, and its console page there. The transfer half (everything but
 * {@code LogRoom}, the publishers, the listener and the action) knows nothing of Jenkins.
 */
package io.jenkins.plugins.metapluginci.logs;
