package io.jenkins.plugins.metapluginci.layout;

import java.util.List;

/**
 * A job and those that start once it succeeded.
 *
 * @param children of whom none runs when the job fails, or does not apply to a change
 */
public record JobNode(Job job, List<JobNode> children) {
    public JobNode {
        children = List.copyOf(children);
    }
}
