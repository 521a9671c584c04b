/**
 * The life of a node around a build: vetoed from the build's start, offline before its executor is free, rebooted once the
 * build is final, reconnected by us, and back to work only when its boot id shows that it really rebooted.
 *
 * <p>The engine ({@link io.jenkins.plugins.metapluginci.node.NodeLifecycle} and what it uses) knows nothing of Jenkins and
 * drives nodes through {@link io.jenkins.plugins.metapluginci.node.Machine}. Its record of each node is the truth; the
 * core's offline flag is only what it shows to people.
 */
package io.jenkins.plugins.metapluginci.node;
