package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.node.NodeField;
import org.kohsuke.stapler.QueryParameter;

/**
 * Answers the checks of the form's part about nodes: the core finds a field's check by the field's name. They look at the
 * text alone. Public because the core calls its methods by reflection.
 */
public abstract class NodeFieldChecks extends Descriptor<MetapluginCiForm> {
    NodeFieldChecks() {
        super(MetapluginCiForm.class);
    }

    private static FormValidation check(NodeField field, @CheckForNull String value) {
        return Checks.asValidation(field.problem(field.orDefault(Checks.text(value))));
    }

    public FormValidation doCheckNodeRebootCommand(@QueryParameter String value) {
        return check(NodeField.REBOOT_COMMAND, value);
    }

    public FormValidation doCheckNodeRebootTime(@QueryParameter String value) {
        return check(NodeField.REBOOT_TIME, value);
    }

    public FormValidation doCheckNodeAttempts(@QueryParameter String value) {
        return check(NodeField.ATTEMPTS, value);
    }

    public FormValidation doCheckNodeDrain(@QueryParameter String value) {
        return check(NodeField.DRAIN, value);
    }

    public FormValidation doCheckNodeHold(@QueryParameter String value) {
        return check(NodeField.HOLD, value);
    }

    public FormValidation doCheckNodeCheckGate(@QueryParameter String value) {
        return check(NodeField.CHECK_GATE, value);
    }

    public FormValidation doCheckNodeCheckDisk(@QueryParameter String value) {
        return check(NodeField.CHECK_DISK, value);
    }

    public FormValidation doCheckNodeCheckMemory(@QueryParameter String value) {
        return check(NodeField.CHECK_MEMORY, value);
    }

    public FormValidation doCheckNodeCheckSkew(@QueryParameter String value) {
        return check(NodeField.CHECK_SKEW, value);
    }

    public FormValidation doCheckNodePrepareTime(@QueryParameter String value) {
        return check(NodeField.PREPARE_TIME, value);
    }

    public FormValidation doCheckNodeMirror(@QueryParameter String value) {
        return check(NodeField.MIRROR, value);
    }

    public FormValidation doCheckNodePackages(@QueryParameter String value) {
        return check(NodeField.PACKAGES, value);
    }

    public FormValidation doCheckNodeAuthorizedKey(@QueryParameter String value) {
        return check(NodeField.AUTHORIZED_KEY, value);
    }

    public FormValidation doCheckNodeGateProject(@QueryParameter String value) {
        return check(NodeField.GATE_PROJECT, value);
    }

    public FormValidation doCheckNodeGateCommit(@QueryParameter String value) {
        return check(NodeField.GATE_COMMIT, value);
    }

    public FormValidation doCheckNodeProjects(@QueryParameter String value) {
        return check(NodeField.PROJECTS, value);
    }
}
