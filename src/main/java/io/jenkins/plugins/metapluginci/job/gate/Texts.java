package io.jenkins.plugins.metapluginci.job.gate;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/** The texts of this package, from {@code Texts.properties}: what people read of a setting that cannot be used. */
public final class Texts {
    private static final ResourceBundle BUNDLE = ResourceBundle.getBundle(Texts.class.getName());

    private Texts() {}

    /** @throws java.util.MissingResourceException when there is no such text */
    public static String of(String key, Object... arguments) {
        return new MessageFormat(BUNDLE.getString(key)).format(arguments);
    }
}
