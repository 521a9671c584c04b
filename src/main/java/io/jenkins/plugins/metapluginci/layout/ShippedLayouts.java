package io.jenkins.plugins.metapluginci.layout;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The layouts that come with the plugin, as texts to start from. */
public final class ShippedLayouts {
    private static final String SPECIFICATION = read("specification.yaml");
    private static final String THIRD_PARTY = read("third-party.yaml");

    private ShippedLayouts() {}

    /** The Metaplugin CI's own: the default. */
    public static String specification() {
        return SPECIFICATION;
    }

    /** What OpenStack asks of a third-party CI: comments without votes, a contact, everyone's keyword. */
    public static String thirdParty() {
        return THIRD_PARTY;
    }

    private static String read(String name) {
        try (InputStream in = ShippedLayouts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The plugin lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
