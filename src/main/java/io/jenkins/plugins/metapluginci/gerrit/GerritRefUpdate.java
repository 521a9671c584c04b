package io.jenkins.plugins.metapluginci.gerrit;

/** A moved ref of a ref-updated event. @param oldRevision 40 zeros for a new ref @param newRevision 40 zeros for a deleted one */
public record GerritRefUpdate(String project, String ref, String oldRevision, String newRevision) {}
