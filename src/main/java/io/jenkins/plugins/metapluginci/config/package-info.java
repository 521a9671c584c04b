/**
 * The one configuration page, its checks, and what it keeps in {@code metaplugin-ci.xml}.
 */
package io.jenkins.plugins.metapluginci.config;
