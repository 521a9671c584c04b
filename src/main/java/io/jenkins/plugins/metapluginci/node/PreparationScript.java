package io.jenkins.plugins.metapluginci.node;

/** The scripts that prepare a node, as they are run: for who runs them, and for people to read before. */
public final class PreparationScript {
    private PreparationScript() {}

    /**
     * What makes a machine a node.
     *
     * @param root the agent's directory
     */
    public static String machine(NodeSettings settings, String root) {
        PrepareSettings prepare = settings.prepare();
        return "root=" + NodeCheckup.quoted(root)
                + "\ngate=" + NodeCheckup.quoted(gateDirectory(settings))
                + "\nmirror=" + NodeCheckup.quoted(prepare.mirror())
                + "\npackages=" + NodeCheckup.quoted(String.join(" ", prepare.packages()))
                + "\nkey=" + NodeCheckup.quoted(prepare.authorizedKey())
                + "\n" + NodeCheckup.resource("prepare-node.sh");
    }

    /** What looks after each git repository on a node. */
    public static String git() {
        return NodeCheckup.resource("prepare-git.sh");
    }

    static String git(String action, String directory, String url, String branch, String commit) {
        return "action=" + action
                + "\ndirectory=" + NodeCheckup.quoted(directory)
                + "\nurl=" + NodeCheckup.quoted(url)
                + "\nbranch=" + NodeCheckup.quoted(branch)
                + "\ncommit=" + NodeCheckup.quoted(commit)
                + "\n" + git();
    }

    /** Where devstack-gate goes; empty when it is not ours to bring. */
    static String gateDirectory(NodeSettings settings) {
        return settings.prepare().gateProject().isEmpty()
                ? ""
                : settings.checks().gateDirectory();
    }
}
