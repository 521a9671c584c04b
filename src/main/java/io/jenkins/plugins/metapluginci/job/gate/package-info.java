/**
 * What a devstack-gate run is made of, without Jenkins: the checked settings of a job, the limits, and the bash that a node
 * runs. Everything here is a function of its arguments, so that tests run the generated scripts for real.
 */
package io.jenkins.plugins.metapluginci.job.gate;
