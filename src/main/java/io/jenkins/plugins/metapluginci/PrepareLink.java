package io.jenkins.plugins.metapluginci;

import io.jenkins.plugins.metapluginci.config.MetapluginCiSettings;
import io.jenkins.plugins.metapluginci.merger.Bundles;
import io.jenkins.plugins.metapluginci.node.Repositories;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Joins what prepares nodes with the merger, which has the repositories that they get. */
final class PrepareLink implements Repositories {
    private final Bundles bundles;
    private final LayoutInForce layout;
    private final Supplier<MetapluginCiSettings> settings;

    PrepareLink(Bundles bundles, LayoutInForce layout, Supplier<MetapluginCiSettings> settings) {
        this.bundles = bundles;
        this.layout = layout;
        this.settings = settings;
    }

    @Override
    public List<String> projects() {
        return layout.projects().stream().sorted().toList();
    }

    @Override
    public String url(String project) {
        String base = settings.get().gitUrl();
        return base.isEmpty() ? "" : base.replaceFirst("/+$", "") + "/" + project;
    }

    @Override
    public Map<String, String> branches(String project) throws IOException, InterruptedException {
        return bundles.branches(project);
    }

    @Override
    public void bundle(String project, Map<String, String> refs, Collection<String> have, OutputStream out)
            throws IOException {
        bundles.write(project, refs, have, out);
    }
}
