package io.jenkins.plugins.metapluginci.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Judges a node's answer by what is wanted. Each result says what was found, what is wanted, and what to do. */
final class CheckVerdict {
    private static final long KIBI = 1024;

    private final CheckSettings wanted;
    private final String root;
    private final CheckAnswer answer;
    private final List<CheckResult> results = new ArrayList<>();

    CheckVerdict(CheckSettings wanted, String root, CheckAnswer answer) {
        this.wanted = wanted;
        this.root = root;
        this.answer = answer;
    }

    /**
     * @param before when the controller asked, by its own clock, milliseconds since 1970
     * @param after when it had the answer
     */
    CheckReport report(long before, long after) {
        if (wanted.sudo()) {
            boolean can = answer.says("sudo", "yes");
            result(
                    "sudo",
                    can,
                    can
                            ? "without a password"
                            : "the agent's user cannot run \"sudo -n true\": give it NOPASSWD in sudoers, or prepare the node");
        }
        if (wanted.git()) {
            program("git", "git version [0-9].*");
        }
        if (wanted.java()) {
            program("java", ".*version.*");
        }
        if (!wanted.gateDirectory().isEmpty()) {
            gate();
        }
        if (wanted.diskBytes() > 0) {
            atLeast(
                    "free disk",
                    answer.number("disk"),
                    wanted.diskBytes(),
                    "free on the file system of " + root,
                    "remove what fills it, or lower the limit");
        }
        if (wanted.memoryBytes() > 0) {
            atLeast(
                    "memory",
                    answer.number("memory"),
                    wanted.memoryBytes(),
                    "in all",
                    "use a larger machine, or lower the limit");
        }
        if (wanted.skewMs() > 0) {
            clock(before, after);
        }
        if (wanted.leftovers()) {
            leftovers();
        }
        return new CheckReport(results);
    }

    private void result(String name, boolean passed, String detail) {
        results.add(new CheckResult(name, passed, detail));
    }

    private void program(String name, String regex) {
        String says = answer.text(name);
        boolean there = says.matches(regex);
        result(name, there, there ? says : "there is no " + name + " in the path: install it, or prepare the node");
    }

    private void gate() {
        String directory = wanted.gateDirectory();
        if (answer.says("gate", "yes")) {
            result("devstack-gate", true, directory);
        } else {
            String found = answer.says("gate", "empty") ? "has no devstack-vm-gate-wrap.sh" : "is not there";
            result("devstack-gate", false, directory + " " + found + ": prepare the node, or copy devstack-gate there");
        }
    }

    private void atLeast(String name, Long kibibytes, long limit, String where, String advice) {
        if (kibibytes == null) {
            result(name, false, "the node did not tell how much there is");
            return;
        }
        long bytes = kibibytes * KIBI;
        String found = giga(bytes) + " " + where + ", at least " + giga(limit) + " are wanted";
        result(name, bytes >= limit, bytes >= limit ? found : found + ": " + advice);
    }

    private static String giga(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    /**
     * The node read its clock after the controller asked and again before the controller had the answer. How much of the
     * difference is the way there and back nobody can tell, so that much is taken off.
     */
    private void clock(long before, long after) {
        Long begin = answer.millis("begin");
        Long end = answer.millis("end");
        if (begin == null || end == null) {
            result("clock", false, "the node did not tell its time: does date +%s work there?");
            return;
        }
        long most = begin - before;
        long least = end - after;
        long off = most < 0 ? most : Math.max(least, 0);
        String found = off == 0
                ? "right as far as can be told"
                : String.format(Locale.ROOT, "%.1f s %s", Math.abs(off) / 1e3, off > 0 ? "ahead" : "behind");
        String detail =
                found + " (the controller's clock), at most " + Units.showMillis(wanted.skewMs()) + " are allowed";
        boolean right = Math.abs(off) <= wanted.skewMs();
        result("clock", right, right ? detail : detail + ": set it, and see that NTP runs on both");
    }

    private void leftovers() {
        List<String> left = new ArrayList<>();
        answer.processes().forEach(process -> left.add("process " + process));
        answer.mounts().forEach(mount -> left.add("mount at " + mount));
        result(
                "leftovers",
                left.isEmpty(),
                left.isEmpty()
                        ? "no process and no mount of an earlier run"
                        : String.join(", ", left) + " of an earlier run: reboot the node");
    }
}
