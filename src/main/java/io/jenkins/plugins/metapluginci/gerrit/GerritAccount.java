package io.jenkins.plugins.metapluginci.gerrit;

/** An account as Gerrit describes it; each part is empty where Gerrit said nothing. */
public record GerritAccount(String name, String email, String username) {
    /** For events that name nobody. */
    public static final GerritAccount UNKNOWN = new GerritAccount("", "", "");
}
