/**
 * The test bed: the real parts that acceptance tests, demo and benchmarks share.
 *
 * <p>Each part is a process of its own, bound to 127.0.0.1 on a port that was free, with its files and logs under
 * {@code target/testbed/PART/}. {@link io.jenkins.plugins.metapluginci.testbed.TestBed} starts parts when they are first
 * asked for and stops them with the JVM; the kernel kills them when the JVM itself is killed.
 */
package io.jenkins.plugins.metapluginci.testbed;
