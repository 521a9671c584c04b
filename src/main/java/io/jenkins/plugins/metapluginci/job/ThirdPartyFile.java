package io.jenkins.plugins.metapluginci.job;

import hudson.Util;
import java.io.Serializable;
import org.kohsuke.stapler.DataBoundConstructor;

/** A file that a job puts into the devstack tree, as it was written. Part of config.xml. Immutable. */
public final class ThirdPartyFile implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String content;

    /**
     * @param path relative to the devstack tree
     * @param content blank for a slot that is not used
     */
    @DataBoundConstructor
    public ThirdPartyFile(String path, String content) {
        this.path = Util.fixNull(path).trim();
        this.content = GateSettings.unixLines(content);
    }

    public String getPath() {
        return Util.fixNull(path);
    }

    /** Text with {@code \n} line ends. */
    public String getContent() {
        return Util.fixNull(content);
    }
}
