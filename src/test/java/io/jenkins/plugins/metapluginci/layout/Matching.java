package io.jenkins.plugins.metapluginci.layout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short ways to write filters and what they are asked about, for the tests of matching. */
final class Matching {
    static final long NOW = 1_500_000_000L;

    private Matching() {}

    static List<PythonPattern> patterns(String... sources) {
        List<PythonPattern> result = new ArrayList<>();
        for (String each : sources) {
            result.add(pattern(each));
        }
        return result;
    }

    static PythonPattern pattern(String source) {
        try {
            return PythonPattern.compile(source);
        } catch (PatternProblem e) {
            throw new IllegalArgumentException(source, e);
        }
    }

    /** A filter from lines "key: value", as a trigger's map has them; a list's elements are separated by commas. */
    static EventFilter filter(String... lines) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String each : lines) {
            int colon = each.indexOf(": ");
            keys.put(each.substring(0, colon), each.substring(colon + 2));
        }
        EventFilter result = new EventFilter(
                list(keys.remove("event")),
                list(keys.remove("branch")),
                list(keys.remove("ref")),
                !"false".equals(keys.remove("ignore-deletes")),
                list(keys.remove("comment")),
                list(keys.remove("email")),
                list(keys.remove("username")),
                votes(keys.remove("approval")),
                rules(keys.remove("require-approval")),
                rules(keys.remove("reject-approval")));
        if (!keys.isEmpty()) {
            throw new IllegalArgumentException(keys.toString());
        }
        return result;
    }

    private static List<PythonPattern> list(String value) {
        return value == null ? List.of() : patterns(value.split(",", -1));
    }

    private static Map<String, Integer> votes(String value) {
        Map<String, Integer> result = new LinkedHashMap<>();
        if (value != null) {
            for (String each : value.split(",")) {
                String[] parts = each.split("=");
                result.put(parts[0], Integer.valueOf(parts[1]));
            }
        }
        return result;
    }

    /** Entries separated by commas, of parts separated by blanks, such as "verified=1|2 username=^jenkins newer-than=2d". */
    static List<ApprovalRule> rules(String value) {
        List<ApprovalRule> result = new ArrayList<>();
        if (value != null) {
            for (String each : value.split(",", -1)) {
                result.add(rule(each));
            }
        }
        return result;
    }

    private static ApprovalRule rule(String entry) {
        Map<String, List<Integer>> values = new LinkedHashMap<>();
        PythonPattern username = null;
        PythonPattern email = null;
        Long newer = null;
        Long older = null;
        for (String part : entry.isEmpty() ? new String[0] : entry.split(" ")) {
            String name = part.substring(0, part.indexOf('='));
            String wanted = part.substring(part.indexOf('=') + 1);
            switch (name) {
                case "username" -> username = pattern(wanted);
                case "email" -> email = pattern(wanted);
                case "newer-than" -> newer = ApprovalRule.seconds(wanted);
                case "older-than" -> older = ApprovalRule.seconds(wanted);
                default -> {
                    List<Integer> numbers = new ArrayList<>();
                    for (String number : wanted.split("\\|")) {
                        numbers.add(Integer.valueOf(number));
                    }
                    values.put(name, numbers);
                }
            }
        }
        return new ApprovalRule(username, email, newer, older, values);
    }

    /** Votes separated by commas: "verified=1 by jenkins j@x age 60"; "age" in seconds, who and when may be left out. */
    static List<Approval> approvals(String votes) {
        List<Approval> result = new ArrayList<>();
        for (String vote : votes.isEmpty() ? new String[0] : votes.split(",")) {
            String[] words = vote.split(" ");
            String category = words[0].substring(0, words[0].indexOf('='));
            String username = null;
            String email = null;
            long age = 0;
            for (int i = 1; i < words.length; i += 2) {
                switch (words[i]) {
                    case "by" -> username = words[i + 1];
                    case "mail" -> email = words[i + 1];
                    case "age" -> age = Long.parseLong(words[i + 1]);
                    default -> throw new IllegalArgumentException(vote);
                }
            }
            result.add(new Approval(
                    category.isEmpty() ? null : category,
                    Integer.parseInt(words[0].substring(words[0].indexOf('=') + 1)),
                    NOW - age,
                    new Account(null, email, username)));
        }
        return result;
    }

    static ChangeState change(String votes) {
        return new ChangeState(
                "openstack/neutron",
                "master",
                60105,
                3,
                true,
                true,
                "NEW",
                approvals(votes),
                List.of("/COMMIT_MSG", "a"));
    }

    static ChangeState change(String project, String branch, String... files) {
        return new ChangeState(project, branch, 60105, 3, true, true, "NEW", List.of(), List.of(files));
    }

    /** An event about a change on master. */
    static TriggerEvent event(String type, String comment, Account account, Vote... votes) {
        return new TriggerEvent(
                type, "openstack/neutron", "master", null, null, null, 60105, 3, comment, account, List.of(votes));
    }

    static TriggerEvent onBranch(String branch) {
        return new TriggerEvent(
                "patchset-created", "p", branch, null, null, null, 1, 1, null, person("alice", null), List.of());
    }

    static TriggerEvent refUpdated(String ref, String newrev) {
        return new TriggerEvent(
                "ref-updated", "p", null, ref, "1".repeat(40), newrev, 0, 0, null, person("alice", null), List.of());
    }

    static Account person(String username, String email) {
        return new Account("Alice", email, username);
    }
}
