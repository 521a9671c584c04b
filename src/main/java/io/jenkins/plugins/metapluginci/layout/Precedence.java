package io.jenkins.plugins.metapluginci.layout;

/** Which pipeline's builds go first when nodes are short. */
public enum Precedence {
    HIGH,
    NORMAL,
    LOW
}
