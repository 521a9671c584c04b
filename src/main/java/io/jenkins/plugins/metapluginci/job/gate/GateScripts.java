package io.jenkins.plugins.metapluginci.job.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The files that a run needs on its node: generated from the plan, written into the control directory (one below the
 * workspace, made new for every run), and started by {@link GateCommands}. Immutable.
 *
 * <p>Text of a job (hooks, values, paths) reaches bash as files or as quoted words, never as code around it.
 */
public final class GateScripts {
    /** The control directory's name in the workspace. */
    public static final String CONTROL = ".metaplugin-ci";

    /** Seconds for the removal of one path. */
    static final int REMOVE_SECONDS = 300;
    /** Seconds for one command to Open vSwitch, whose client waits for ever for a daemon that is down. */
    static final int BRIDGE_SECONDS = 30;

    private final GatePlan plan;
    private final String workspace;
    private final String control;

    /** @param workspace absolute path on the node */
    public GateScripts(GatePlan plan, String workspace) {
        this.plan = plan;
        this.workspace = workspace;
        this.control = workspace + "/" + CONTROL;
    }

    /**
     * Every file of the control directory by its name there.
     *
     * @param surroundings variables of Jenkins, which the job's own override
     * @param parameters of the build ({@code ZUUL_*}, {@code LOG_PATH}, …), which override the job's own
     * @param dropped is told the names that cannot be given to bash
     */
    public Map<String, String> files(
            Map<String, String> surroundings, Map<String, String> parameters, Consumer<String> dropped) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("environment.sh", environment(surroundings, parameters, dropped));
        plan.hooks().forEach((hook, body) -> {
            files.put("hooks/" + hook.function() + ".body", body + "\n");
            files.put("hooks/" + hook.function() + ".sh", function(hook, body));
        });
        if (!plan.files().isEmpty() && !plan.hooks().containsKey(Hook.PRE_TEST)) {
            files.put("hooks/" + Hook.PRE_TEST.function() + ".sh", function(Hook.PRE_TEST, ""));
        }
        for (int i = 0; i < plan.files().size(); i++) {
            files.put("files/" + i, plan.files().get(i).content());
        }
        if (!plan.featureMatrix().isBlank()) {
            files.put("features.yaml", plan.featureMatrix() + "\n");
        }
        files.put("cleanup.sh", cleanup());
        files.put("gate.sh", gate());
        files.put("run.sh", RUN);
        files.put("end.sh", END);
        return Collections.unmodifiableMap(files);
    }

    /** Seconds after which the cleanup must have ended by itself. */
    public int cleanupSeconds() {
        return (plan.cleanupPaths().size() + 1) * (REMOVE_SECONDS + 10)
                + plan.bridges().size() * (BRIDGE_SECONDS + 10)
                + 60;
    }

    private String environment(
            Map<String, String> surroundings, Map<String, String> parameters, Consumer<String> dropped) {
        Map<String, String> all = new LinkedHashMap<>(surroundings);
        all.putAll(plan.environmentWithLimits());
        if (!plan.featureMatrix().isBlank()) {
            all.put(GatePlan.FEATURE_MATRIX, control + "/features.yaml");
        }
        all.putAll(parameters);
        all.put("WORKSPACE", workspace);
        Predicate<Map.Entry<String, String>> exportable = v -> GateRules.isExportable(v.getKey(), v.getValue());
        all.entrySet().stream()
                .filter(exportable.negate())
                .map(Map.Entry::getKey)
                .forEach(dropped);
        return all.entrySet().stream()
                .filter(exportable)
                .map(v -> "export " + v.getKey() + "=" + Shell.quote(v.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    /** The colon makes a function of a body that is all comments; the newline ends a comment in its last line. */
    private String function(Hook hook, String body) {
        StringBuilder text = new StringBuilder(hook.function()).append("() {\n:\n");
        if (hook == Hook.PRE_TEST) {
            plan.files().forEach(file -> text.append(install(file)));
        }
        return text.append(body).append("\n}\n").toString();
    }

    private String install(InstalledFile file) {
        String source = Shell.quote(control + "/files/" + plan.files().indexOf(file));
        String target = "\"$BASE\"/new/devstack/" + Shell.quote(file.path());
        return "install -D -m 0644 -- " + source + " " + target + " || return 1\n";
    }

    private String gate() {
        List<String> lines = new ArrayList<>();
        lines.add("#!/bin/bash");
        lines.add("cd " + Shell.quote(workspace) + " || exit 1");
        lines.add(". " + Shell.quote(control + "/environment.sh") + " || exit 1");
        for (Hook hook : Hook.values()) {
            if (plan.hooks().containsKey(hook)
                    || hook == Hook.PRE_TEST && !plan.files().isEmpty()) {
                lines.add(". " + Shell.quote(control + "/hooks/" + hook.function() + ".sh") + " || exit 1");
                lines.add("export -f " + hook.function() + " || exit 1");
            }
        }
        lines.add("cp -- devstack-gate/devstack-vm-gate-wrap.sh ./safe-devstack-vm-gate-wrap.sh || exit 1");
        lines.add("chmod u+rx ./safe-devstack-vm-gate-wrap.sh || exit 1");
        lines.add(": >" + Shell.quote(control + "/started") + " || exit 1");
        lines.add("./safe-devstack-vm-gate-wrap.sh");
        return String.join("\n", lines) + "\n";
    }

    /** Commands go to the output; what failed, a line each, goes to the standard error, as {@link GateCommands} says. */
    private String cleanup() {
        StringBuilder text = new StringBuilder(CLEANUP_HEAD);
        text.append("remove_seconds=").append(REMOVE_SECONDS).append('\n');
        for (String path : plan.cleanupPaths()) {
            text.append("remove ").append(Shell.quote(path)).append('\n');
        }
        if (!plan.bridges().isEmpty()) {
            text.append("if [ -n \"$(PATH=$PATH:/usr/sbin:/sbin command -v ovs-vsctl)\" ]; then\n");
            for (String bridge : plan.bridges()) {
                // The database is what survives a reboot; nothing here depends on a running ovs-vswitchd.
                text.append("  try ")
                        .append(BRIDGE_SECONDS)
                        .append(" ovs-vsctl --no-wait --timeout=")
                        .append(BRIDGE_SECONDS - 5)
                        .append(" -- --if-exists del-br ")
                        .append(Shell.quote(bridge))
                        .append('\n');
            }
            text.append("else\n  echo 'Open vSwitch is not installed: no bridge to delete.'\nfi\n");
        }
        text.append("workspace=").append(Shell.quote(workspace)).append('\n');
        text.append("control=").append(Shell.quote(CONTROL)).append('\n');
        text.append("try ")
                .append(REMOVE_SECONDS)
                .append(" find \"$workspace\" -mindepth 1 -maxdepth 1 ! -name \"$control\"")
                .append(" -exec rm -rf --one-file-system -- {} +\n");
        text.append("gate=").append(Shell.quote(plan.gateDirectory())).append('\n');
        return text.append(CLEANUP_TAIL).toString();
    }

    /**
     * sudo runs timeout, not the other way round: a user cannot signal what sudo runs as root. The descriptor for failures
     * is kept from the commands, so that what one leaves behind holds nothing open.
     */
    private static final String CLEANUP_HEAD = """
            #!/bin/bash
            exec 3>&2 2>&1
            failed=0
            fail() {
              printf '%s\\n' "$1"
              printf '%s\\n' "$1" >&3
              failed=1
            }
            try() {
              local seconds=$1 status
              shift
              printf '+ %s\\n' "$*"
              sudo -n timeout -k 5 "$seconds" "$@" </dev/null 3>&-
              status=$?
              case $status in
                0) ;;
                124|137) fail "$* did not end within $seconds seconds" ;;
                *) fail "$* ended with status $status" ;;
              esac
            }
            remove() {
              try "$remove_seconds" rm -rf --one-file-system -- "$1"
            }
            """;

    private static final String CLEANUP_TAIL = """
            cd "$workspace" || fail "the workspace $workspace cannot be entered"
            if [ -r "$gate/devstack-vm-gate-wrap.sh" ]; then
              printf '+ ln -s %s devstack-gate\\n' "$gate"
              ln -s -- "$gate" devstack-gate || fail "devstack-gate could not be linked"
            else
              fail "there is no devstack-vm-gate-wrap.sh in $gate"
            fi
            for hook in "$control"/hooks/*.body; do
              [ -e "$hook" ] || continue
              name=${hook##*/}
              name=${name%.body}
              for text in "$hook" "${hook%.body}.sh"; do
                if ! errors=$(LC_ALL=C bash -n "$text" 2>&1); then
                  printf '%s\\n' "$errors"
                  fail "the $name of the job is not valid bash: $(printf '%s' "$errors" | head -n 1 | sed 's/^[^:]*: //')"
                  break
                fi
              done
            done
            printf 'end\\n' >&3
            exit $failed
            """;

    /**
     * Arguments: control directory, limit in seconds, seconds between TERM and KILL. The output passes through a pipe of
     * our own, so that a process that outlives the run holds nothing of the agent open.
     */
    private static final String RUN = """
            #!/bin/bash
            control=$1 limit=$2 grace=$3
            cd "$control" || exit 1
            rm -f output session status started
            mkfifo output || exit 1
            cat output &
            reader=$!
            read -r up rest </proc/uptime # devstack-gate sets the clock, so the clock cannot tell
            from=${up%.*}
            setsid timeout -k "$grace" "$limit" bash "$control/gate.sh" >output 2>&1 </dev/null &
            leader=$!
            printf '%s\\n' "$leader" >session
            wait "$leader"
            status=$?
            read -r up rest </proc/uptime
            elapsed=$(( ${up%.*} - from ))
            how="exited $status"
            if [ $status = 124 ] || [ $status = 137 ]; then
              [ $elapsed -lt "$limit" ] || how=timed-out
            fi
            [ -e started ] || [ "$how" = timed-out ] || how="not-started $status"
            sudo -n pkill -KILL -s "$leader" </dev/null
            for (( i = 0; i < 50; i++ )); do
              kill -0 "$reader" 2>/dev/null || break
              sleep 0.1
            done
            kill "$reader" 2>/dev/null
            wait "$reader" 2>/dev/null
            printf '%s\\n' "$how" >status.new && mv status.new status
            """;

    /**
     * Argument: control directory. Ends what still runs in the session of the run and says how the run ended. A session id
     * is not given to anything else while one process has it; one that the kernel calls 0 or 1 is never ours.
     */
    private static final String END = """
            #!/bin/bash
            exec 3>&2 2>&1
            cd "$1" || exit 1
            leader=$(cat session 2>/dev/null)
            case $leader in
              ''|*[!0-9]*|0|1) leader= ;;
            esac
            if [ -n "$leader" ]; then
              for signal in TERM KILL; do
                sudo -n pgrep -s "$leader" >/dev/null || break
                sudo -n pkill -$signal -s "$leader" </dev/null
                for (( i = 0; i < 20; i++ )); do
                  sudo -n pgrep -s "$leader" >/dev/null || break
                  sleep 0.5
                done
              done
              left=$(sudo -n pgrep -s "$leader" | tr '\\n' ' ')
              [ -z "$left" ] || printf 'left %s\\n' "$left" >&3
            fi
            for (( i = 0; i < 20; i++ )); do
              [ -e status ] || [ -z "$leader" ] && break
              sleep 0.5
            done
            [ ! -L ../logs ] || echo 'logs linked' >&3
            [ ! -r status ] || printf 'status %s\\n' "$(head -c 200 status)" >&3
            printf 'end\\n' >&3
            """;
}
