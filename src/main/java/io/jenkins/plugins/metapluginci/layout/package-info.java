/**
 * layout.yaml, as Zuul 2.5 understood it: the model, the parser that says everything that is wrong and where, and the matching of
 * events and changes. Plain Java over SnakeYAML; knows nothing of Jenkins, Gerrit's connection or the queue.
 */
package io.jenkins.plugins.metapluginci.layout;
