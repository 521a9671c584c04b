package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;

/** A Gerrit that answers every command alike. */
record OneAnswer(int status, String stdout, String stderr) implements GerritQuery.Commands {
    @Override
    public ExecResult command(String command, boolean repeatable, int maxBytes) {
        return new ExecResult(status, stdout, stderr);
    }

    @Override
    public String account() {
        return "ci";
    }
}
