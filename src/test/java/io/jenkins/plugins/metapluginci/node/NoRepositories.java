package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A controller without git. */
final class NoRepositories implements Repositories {
    @Override
    public List<String> projects() {
        return List.of();
    }

    @Override
    public String url(String project) {
        return "";
    }

    @Override
    public Map<String, String> branches(String project) throws IOException {
        throw new IOException("no " + project);
    }

    @Override
    public void bundle(String project, Map<String, String> refs, Collection<String> have, OutputStream out)
            throws IOException {
        throw new IOException("no " + project);
    }
}
