/**
 * What zuul-merger was: a bare mirror of each project, speculative merges made wholly inside the object database, and the
 * server from which nodes fetch them. Knows nothing of Jenkins, of Gerrit's events or of pipelines.
 */
package io.jenkins.plugins.metapluginci.merger;
