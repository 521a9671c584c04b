package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Hudson;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.CompletableFuture;

/** Where nodes find this controller. */
public final class NodeAddress {
    private NodeAddress() {}

    /** The host of the URL at which nodes reach this controller; null while no URL is configured. */
    @CheckForNull
    public static String host(MetapluginCiSettings settings) {
        String url = settings.controllerUrl().isEmpty() ? rootUrl() : settings.controllerUrl();
        if (url == null) {
            return null;
        }
        try {
            return new URI(url).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /**
     * The URL of Jenkins' own configuration; null when there is none. On a thread with a request the core would take what that
     * request was sent to, which nodes may not know.
     */
    @CheckForNull
    static String rootUrl() {
        return CompletableFuture.supplyAsync(() -> Hudson.getInstance().getRootUrl())
                .join();
    }
}
