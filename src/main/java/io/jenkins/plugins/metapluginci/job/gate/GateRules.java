package io.jenkins.plugins.metapluginci.job.gate;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** What each setting of a job may be. Every check returns null for a good value, else what is wrong, for people. */
public final class GateRules {
    /** A function travels through the environment, where Linux allows 128 KiB for one entry (MAX_ARG_STRLEN). */
    static final int MAX_HOOK_BYTES = 100_000;

    private static final int MAX_VALUE_BYTES = 100_000;
    private static final int MAX_TEXT_BYTES = 1_000_000;
    private static final int MAX_LIMIT_MINUTES = 24 * 60;
    private static final int MIN_LIMIT_MINUTES = 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,199}");
    private static final Pattern BRIDGE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");
    private static final Pattern PATH_NAME = Pattern.compile("[A-Za-z0-9_+@=,%][A-Za-z0-9_.+@=,%-]*");
    private static final Pattern BRANCH = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+@/-]{0,199}");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

    /** bash refuses to set these, or they change how bash reads the scripts themselves. */
    private static final Set<String> NOT_FOR_JOBS =
            Set.of("BASHOPTS", "BASH_ENV", "BASH_VERSINFO", "ENV", "EUID", "IFS", "PPID", "PS4", "SHELLOPTS", "UID");
    /** The run sets these itself. */
    private static final Set<String> SET_BY_THE_RUN = Set.of("WORKSPACE", GatePlan.BUILD_TIMEOUT);

    /** Nothing at or below these is a job's to remove. */
    private static final Set<String> SYSTEM_TREES = Set.of(
            "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys", "/usr");
    /** These and their direct children are shared by everyone on the machine; only what is deeper is a job's to remove. */
    private static final Set<String> SHARED_TREES = Set.of("/home", "/var", "/root", "/run", "/mnt", "/media", "/srv");

    private GateRules() {}

    /** @param label a label expression of Jenkins; its syntax is checked where it is parsed */
    @CheckForNull
    public static String label(String label) {
        return label.isBlank() ? Texts.of("label.blank") : null;
    }

    /** @param gateTimeoutByHand whether the job's own variables hold a {@code DEVSTACK_GATE_TIMEOUT} */
    @CheckForNull
    public static String timeLimit(String minutes, boolean gateTimeoutByHand) {
        int limit;
        try {
            limit = Integer.parseInt(minutes.trim());
        } catch (NumberFormatException e) {
            return Texts.of("timeLimit.number", minutes);
        }
        if (limit < 1 || limit > MAX_LIMIT_MINUTES) {
            return Texts.of("timeLimit.range", MAX_LIMIT_MINUTES);
        }
        if (limit < MIN_LIMIT_MINUTES && !gateTimeoutByHand) {
            return Texts.of("timeLimit.short", MIN_LIMIT_MINUTES, GatePlan.GATE_TIMEOUT);
        }
        return null;
    }

    /** An absolute path that a job may remove with everything below it. */
    @CheckForNull
    public static String cleanupPath(String path, String gateDirectory) {
        String bad = absolutePath(path);
        if (bad != null) {
            return bad;
        }
        String[] names = path.substring(1).split("/");
        String top = "/" + names[0];
        boolean tooHigh = names.length < 2 || SHARED_TREES.contains(top) && names.length < 3;
        if (tooHigh || SYSTEM_TREES.contains(top)) {
            return Texts.of("path.protected", path);
        }
        if (isWithin(gateDirectory, path)) {
            return Texts.of("path.holdsGate", path, gateDirectory);
        }
        return null;
    }

    @CheckForNull
    public static String gateDirectory(String path) {
        return absolutePath(path);
    }

    @CheckForNull
    public static String bridge(String name) {
        return BRIDGE.matcher(name).matches() ? null : Texts.of("bridge.name", name);
    }

    @CheckForNull
    public static String variable(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            return Texts.of("variable.name", name);
        }
        if (NOT_FOR_JOBS.contains(name)) {
            return Texts.of("variable.bash", name);
        }
        if (SET_BY_THE_RUN.contains(name)) {
            return Texts.of("variable.set", name);
        }
        if (GatePlan.GATE_TIMEOUT.equals(name) && !value.matches("[1-9][0-9]{0,4}")) {
            return Texts.of("variable.gateTimeout", name, value);
        }
        return value.indexOf('\0') >= 0 || bytes(value) > MAX_VALUE_BYTES ? Texts.of("variable.value", name) : null;
    }

    /** Whether a variable from elsewhere (Jenkins, the scheduler) can be given to bash. */
    public static boolean isExportable(String name, String value) {
        return NAME.matcher(name).matches()
                && !NOT_FOR_JOBS.contains(name)
                && value.indexOf('\0') < 0
                && bytes(value) <= MAX_VALUE_BYTES;
    }

    /** Checks that the text is one YAML mapping. Tags of other types are refused, nothing is ever instantiated. */
    @CheckForNull
    public static String featureMatrix(String yaml) {
        if (yaml.isBlank()) {
            return null;
        }
        if (bytes(yaml) > MAX_TEXT_BYTES) {
            return Texts.of("text.long", MAX_TEXT_BYTES);
        }
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            Object matrix = new Yaml(new SafeConstructor(options)).load(yaml);
            return matrix instanceof java.util.Map ? null : Texts.of("matrix.mapping");
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            return Texts.of("matrix.line", line, e.getProblem());
        } catch (YAMLException e) {
            return Texts.of("matrix.bad", e.getMessage());
        }
    }

    /** Its syntax is bash's to check, on the node. */
    @CheckForNull
    public static String hook(Hook hook, String body) {
        if (bytes(body) > MAX_HOOK_BYTES) {
            return Texts.of("hook.long", hook.function(), MAX_HOOK_BYTES);
        }
        return CONTROL.matcher(body).find() ? Texts.of("hook.control", hook.function()) : null;
    }

    /** A path below the devstack tree. */
    @CheckForNull
    public static String filePath(String path) {
        for (String name : path.split("/", -1)) {
            if (!PATH_NAME.matcher(name).matches() && !name.matches("\\.[A-Za-z0-9_][A-Za-z0-9_.+-]*")) {
                return Texts.of("file.path", path);
            }
        }
        return null;
    }

    @CheckForNull
    public static String fileContent(String path, String content) {
        return content.indexOf('\0') >= 0 || bytes(content) > MAX_TEXT_BYTES
                ? Texts.of("file.content", path, MAX_TEXT_BYTES)
                : null;
    }

    /** A branch that may be handed to git (git-check-ref-format, and no shell or URL characters). */
    @CheckForNull
    public static String branch(String name) {
        boolean good = BRANCH.matcher(name).matches()
                && !name.contains("..")
                && !name.contains("//")
                && !name.contains("/.")
                && !name.contains("@{")
                && !name.endsWith("/")
                && !name.endsWith(".")
                && !name.endsWith(".lock");
        return good ? null : Texts.of("branch.name", name);
    }

    @CheckForNull
    public static String retention(String number) {
        return number.isEmpty() || number.matches("[1-9][0-9]{0,5}") ? null : Texts.of("retention.number", number);
    }

    /** The lines that are not blank, trimmed. */
    public static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\\R")) {
            if (!line.isBlank()) {
                lines.add(line.trim());
            }
        }
        return lines;
    }

    /** Whether a path is another one or below it. Both absolute and without dots. */
    public static boolean isWithin(String path, String ancestor) {
        return path.equals(ancestor) || path.startsWith(ancestor + "/");
    }

    @CheckForNull
    private static String absolutePath(String path) {
        if (!path.startsWith("/") || path.length() > 1000) {
            return Texts.of("path.absolute", path);
        }
        for (String name : path.substring(1).split("/", -1)) {
            if (name.isEmpty()
                    || name.equals(".")
                    || name.equals("..")
                    || name.chars().anyMatch(Character::isISOControl)) {
                return Texts.of("path.plain", path);
            }
        }
        return null;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
