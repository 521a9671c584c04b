/** A plugin of the test bed: authorization by user for current Jenkins, whose core has none. Runs in the controller. */
package io.jenkins.plugins.metapluginci.testbed.security;
