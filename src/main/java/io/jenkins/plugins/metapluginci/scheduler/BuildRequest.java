package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One build that the scheduler wants. Immutable.
 *
 * @param uuid 32 hexadecimal digits, new for every attempt: a uuid that started once never starts again
 * @param job full name of the Jenkins job
 * @param environment the {@code ZUUL_*}, {@code LOG_PATH}, {@code BASE_LOG_PATH} and {@code GERRIT_*} variables; no secret
 * @param description what is tested, for people: {@code openstack/neutron 42,1}
 * @param url of the change at Gerrit; may be null
 */
public record BuildRequest(
        String uuid,
        String job,
        Map<String, String> environment,
        String description,
        @CheckForNull String url) {

    public BuildRequest {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }
}
