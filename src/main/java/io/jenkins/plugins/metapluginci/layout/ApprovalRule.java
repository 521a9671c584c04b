package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of require-approval, reject-approval, or of a pipeline's require or reject: a vote fulfils it when all its
 * parts agree with that one vote (_match_approval_required_approval, model.py of Zuul 2.5.2). An entry without parts is
 * fulfilled by any vote.
 *
 * @param username searched in the voter's user name, "" when the voter has none; null for any
 * @param email likewise in the voter's e-mail address
 * @param newerThanSeconds the vote is at most so old; null for any age
 * @param olderThanSeconds the vote is older than this; null for any age
 * @param values for each category, as the layout spells it, the values of which one is the vote's
 */
public record ApprovalRule(
        @CheckForNull PythonPattern username,
        @CheckForNull PythonPattern email,
        @CheckForNull Long newerThanSeconds,
        @CheckForNull Long olderThanSeconds,
        Map<String, List<Integer>> values) {

    private static final Pattern TIME = Pattern.compile("\\s*([+-]?[0-9]{1,18})\\s*([smhdw])");
    private static final Map<String, Integer> UNITS =
            Map.of("s", 1, "m", 60, "h", 60 * 60, "d", 24 * 60 * 60, "w", 7 * 24 * 60 * 60);

    public ApprovalRule {
        Map<String, List<Integer>> copy = new LinkedHashMap<>();
        values.forEach((category, each) -> copy.put(category, List.copyOf(each)));
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * Reads newer-than or older-than: a whole number and s, m, h, d or w.
     *
     * @return seconds
     * @throws IllegalArgumentException "Unable to parse time value: X", Zuul's words
     */
    public static long seconds(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Unable to parse time value: " + text);
        }
        BigInteger seconds = new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(UNITS.get(matcher.group(2))));
        if (seconds.bitLength() > 61) {
            throw new IllegalArgumentException("Unable to parse time value: " + text);
        }
        return seconds.longValueExact();
    }

    /**
     * Whether this vote fulfils the entry.
     *
     * @param nowSeconds since the epoch
     */
    public boolean matches(Approval approval, long nowSeconds) {
        Account by = approval.by();
        return found(username, by == null ? null : by.username())
                && found(email, by == null ? null : by.email())
                && (newerThanSeconds == null || approval.grantedOnSeconds() >= nowSeconds - newerThanSeconds)
                && (olderThanSeconds == null || approval.grantedOnSeconds() < nowSeconds - olderThanSeconds)
                && values.entrySet().stream()
                        .allMatch(each -> each.getKey().equals(approval.category())
                                && each.getValue().contains(approval.value()));
    }

    private static boolean found(@CheckForNull PythonPattern pattern, @CheckForNull String text) {
        return pattern == null || pattern.search(text == null ? "" : text);
    }

    /**
     * Whether the votes of a change satisfy two lists of entries: each required one is fulfilled by some vote, no
     * rejected one by any (matchesApprovals). As in Zuul, a change without any vote satisfies nothing as soon as one of
     * the lists has an entry, even if that is the list of rejected ones.
     */
    static boolean satisfied(
            List<ApprovalRule> required, List<ApprovalRule> rejected, List<Approval> approvals, long nowSeconds) {
        if (required.isEmpty() && rejected.isEmpty()) {
            return true;
        }
        List<Approval> votes =
                approvals.stream().filter(vote -> vote.category() != null).toList();
        return !approvals.isEmpty()
                && required.stream().allMatch(rule -> votes.stream().anyMatch(vote -> rule.matches(vote, nowSeconds)))
                && rejected.stream().noneMatch(rule -> votes.stream().anyMatch(vote -> rule.matches(vote, nowSeconds)));
    }
}
