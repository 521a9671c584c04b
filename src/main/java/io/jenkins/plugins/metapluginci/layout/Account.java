package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Who did something, as far as Gerrit says; what it leaves out is null, which filters tell apart from empty. */
public record Account(
        @CheckForNull String name,
        @CheckForNull String email,
        @CheckForNull String username) {}
