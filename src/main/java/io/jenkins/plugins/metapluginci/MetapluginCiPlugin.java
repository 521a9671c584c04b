package io.jenkins.plugins.metapluginci;

import hudson.Plugin;

/** The plugin's entry point: named by {@code Plugin-Class} in the manifest. */
public class MetapluginCiPlugin extends Plugin {}
