/** What operators see of what goes on. */
package io.jenkins.plugins.metapluginci.web;
