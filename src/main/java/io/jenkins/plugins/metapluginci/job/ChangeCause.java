package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Cause;
import hudson.model.TaskListener;

/** A build was started for a change at Gerrit. Kept in build.xml; small. Its texts come from strangers. */
public final class ChangeCause extends Cause {
    private static final int MAX = 300;

    private final String description;

    @CheckForNull
    private final String url;

    /** @param description what is tested: {@code openstack/neutron 42,1} */
    ChangeCause(String description, @CheckForNull String url) {
        String line = description.replaceAll("\\p{Cntrl}", " ");
        this.description = line.length() > MAX ? line.substring(0, MAX) : line;
        this.url = url;
    }

    @Override
    public String getShortDescription() {
        return Messages.ChangeCause_Description(description);
    }

    /** What is tested. */
    public String getDescription() {
        return description;
    }

    /** Where the change can be read; null when there is no address that a page may link to. */
    @CheckForNull
    public String getLink() {
        return url != null && url.matches("https?://[^\\s\"'<>\\p{Cntrl}]+") ? url : null;
    }

    @Override
    public void print(TaskListener listener) {
        listener.getLogger()
                .println(getLink() == null ? getShortDescription() : getShortDescription() + " " + getLink());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChangeCause cause && cause.description.equals(description);
    }

    @Override
    public int hashCode() {
        return description.hashCode();
    }
}
