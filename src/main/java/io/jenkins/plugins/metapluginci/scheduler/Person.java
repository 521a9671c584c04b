package io.jenkins.plugins.metapluginci.scheduler;

/** An account at Gerrit; each part may be empty. */
public record Person(String name, String email, String username) {
    /** Where Gerrit names nobody. */
    public static final Person UNKNOWN = new Person("", "", "");
}
