package io.jenkins.plugins.metapluginci.job.gate;

/**
 * Why a setting of a job cannot be used.
 *
 * @param field the name of the form field
 * @param message for people
 */
public record Problem(String field, String message) {
    @Override
    public String toString() {
        return message;
    }
}
