package io.jenkins.plugins.metapluginci.job;

import hudson.Util;
import java.io.Serializable;
import org.kohsuke.stapler.DataBoundConstructor;

/** One variable of a job's environment table, as it was written. Part of config.xml. Immutable. */
public final class EnvironmentVariable implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String value;

    /** @param value literal text; nothing in it is replaced */
    @DataBoundConstructor
    public EnvironmentVariable(String name, String value) {
        this.name = Util.fixNull(name).trim();
        this.value = Util.fixNull(value);
    }

    public String getName() {
        return Util.fixNull(name);
    }

    public String getValue() {
        return Util.fixNull(value);
    }
}
