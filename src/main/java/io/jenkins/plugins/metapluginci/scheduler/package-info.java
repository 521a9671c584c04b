/**
 * Decides what is tested and what is reported: what Zuul's scheduler was. Knows nothing of Jenkins; drives it through
 * {@link io.jenkins.plugins.metapluginci.scheduler.BuildLauncher} and hears of it through
 * {@link io.jenkins.plugins.metapluginci.scheduler.BuildEvents}.
 */
package io.jenkins.plugins.metapluginci.scheduler;
