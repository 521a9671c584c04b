package io.jenkins.plugins.metapluginci;

import org.jvnet.hudson.test.HudsonTestCase;

/** A test in a controller of the core's own harness. */
public abstract class HarnessCase extends HudsonTestCase {
    /** A browser that leaves out the style sheets: the HtmlUnit of 2011 takes seconds a page for them, and no test looks at them. */
    protected WebClient client() {
        WebClient client = new WebClient();
        client.setCssEnabled(false);
        return client;
    }
}
