package io.jenkins.plugins.metapluginci.logs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What OpenStack asks a third-party CI to publish, found by the names that devstack, devstack-gate and tempest give it. The
 * requirement is in openstack-infra/system-config, doc/source/third_party.rst.
 */
enum Artifact {
    ENVIRONMENT("Environment", "(env|environment)(\\.txt)?|reproduce\\.sh|pip-?freeze.*|(dpkg-l|rpm-qa).*|worlddump.*"),
    CONFIGURATION(
            "Test configuration", "tempest[._]conf(\\.txt)?|localrc(\\.txt)?|local\\.conf(\\.txt)?|.*skip[^/]*\\.txt"),
    RESULTS(
            "Tempest",
            "testr_results\\.html|tempest(\\.log|\\.txt|_output.*)|(testrepository\\.)?subunit|.*\\.subunit"),
    COMMANDS("Commands", "devstacklog[^/]*|stack\\.sh\\.log.*|devstack-gate-[^/]*\\.(txt|log)"),
    LOGS(
            "OpenStack logs",
            "screen-[^/]*|(n|q|c|g|key|s|h|ceilometer|nova|neutron|cinder|glance|keystone|swift|heat)-[^/]*\\.(log|txt)"
                    + "|(nova|neutron|cinder|glance|keystone|swift|heat|ceilometer)[^/]*\\.log");

    /** So many of a kind are linked. */
    static final int MAX = 12;

    private final String title;
    private final Pattern name;

    Artifact(String title, String name) {
        this.title = title;
        this.name = Pattern.compile(name);
    }

    /** For people. */
    String title() {
        return title;
    }

    /** What there is of each kind, those nearest to the top first; kinds of which there is nothing are left out. */
    static Map<Artifact, List<RunLogs.File>> among(List<RunLogs.File> files) {
        Map<Artifact, List<RunLogs.File>> found = new EnumMap<>(Artifact.class);
        for (RunLogs.File file : files) {
            String name =
                    file.path().substring(file.path().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
            String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
            for (Artifact each : values()) {
                if (each.name.matcher(plain).matches()) {
                    found.computeIfAbsent(each, kind -> new ArrayList<>()).add(file);
                    break;
                }
            }
        }
        found.values()
                .forEach(each -> each.sort(Comparator.<RunLogs.File>comparingLong(file ->
                                file.path().chars().filter(c -> c == '/').count())
                        .thenComparing(RunLogs.File::path)));
        return found;
    }
}
