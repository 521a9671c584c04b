/**
 * The job type, its build, the devstack-gate step and the environment it gets; the launcher that the scheduler drives.
 * Its pure half, everything that becomes shell text on a node, is {@code job.gate}.
 */
package io.jenkins.plugins.metapluginci.job;
