package io.jenkins.plugins.metapluginci.testbed.security;

import hudson.Plugin;
import hudson.security.AuthorizationStrategy;

/** Entry point of the plugin. Registers the descriptor by hand, since test classes have no index of extensions. */
public class BedSecurityPlugin extends Plugin {
    @Override
    public void postInitialize() {
        AuthorizationStrategy.LIST.add(new BedAuthorizationStrategy.DescriptorImpl());
    }
}
