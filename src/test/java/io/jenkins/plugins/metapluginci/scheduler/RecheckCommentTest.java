package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.Test;

public class RecheckCommentTest {
    /** The specification's expression as Java reads Python's: no UNIX_LINES needed, since it has no dot and no bare $. */
    private static final Pattern SPECIFICATION = Pattern.compile(
            "(?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*metaplugin-recheck\\s*$", Pattern.UNIX_LINES);

    private static boolean specification(String text) {
        return SPECIFICATION.matcher(text).find();
    }

    @Test
    public void whatPeopleWrite() {
        for (String yes : new String[] {
            "metaplugin-recheck",
            "METAPLUGIN-Recheck\n",
            "Patch Set 1:\n\nmetaplugin-recheck",
            "Patch Set 12: Code-Review+1\n\nmetaplugin-recheck \n",
            "Patch Set 2: Code-Review+1 Workflow-1\n\n\n metaplugin-recheck",
            "Patch Set 2: please do not metaplugin-recheck",
            " go metaplugin-recheck"
        }) {
            assertThat(RecheckComment.matches(yes)).as(yes).isTrue();
            assertThat(specification(yes)).as(yes).isTrue();
        }
        for (String no : new String[] {
            "",
            "recheck",
            "Patch Set 1:\n\nrecheck",
            "Patch Set 1:\n\n(1 comment)\n\nmetaplugin-recheck",
            "metaplugin-recheck please",
            "metaplugin-recheck bug 123",
            "Patch Set 1:\n\nplease metaplugin-recheck",
            "please metaplugin-recheck",
            "Patch Set x:\n\nmetaplugin-recheck",
            "metaplugin-rechec\u212a", // the Kelvin sign folds to k
            "metaplugin-recheck\u00a0"
        }) {
            assertThat(RecheckComment.matches(no)).as(no).isFalse();
            assertThat(specification(no)).as(no).isFalse();
        }
        assertThat(RecheckComment.matches(null)).isFalse();
    }

    @Test
    public void ourOwnReportsDoNotMatch() {
        for (String message : new String[] {ReportText.FAILURE_MESSAGE, ReportText.SUCCESS_MESSAGE}) {
            String comment = "Patch Set 3: Verified\n\n" + message + "\n\n- job http://logs/ : FAILURE in 9s\n";
            assertThat(RecheckComment.matches(comment)).isFalse();
        }
    }

    /** Every text of up to five pieces out of an alphabet that has each part of the expression and something beside it. */
    @Test
    public void sameAsTheSpecificationsExpression() {
        String[] pieces = {
            "Patch Set 1:", "metaplugin-recheck", " ", "\n", "\n\n", "\t", "w+1", "-", "\\", ".", "Recheck"
        };
        int[] counts = new int[2];
        compare("", pieces, 5, counts);
        assertThat(counts[0]).as("texts compared").isGreaterThan(150_000);
        assertThat(counts[1]).as("of them matching").isGreaterThan(1_000);
    }

    private static void compare(String text, String[] pieces, int left, int[] counts) {
        boolean expected = specification(text);
        if (RecheckComment.matches(text) != expected) {
            assertThat(RecheckComment.matches(text)).as(text).isEqualTo(expected);
        }
        counts[0]++;
        counts[1] += expected ? 1 : 0;
        for (int i = 0; left > 0 && i < pieces.length; i++) {
            compare(text + pieces[i], pieces, left - 1, counts);
        }
    }

    @Test(timeout = 5_000)
    public void aLongLineCostsNothing() {
        String words = " word".repeat(12_000);
        String blanks = " ".repeat(60_000);
        for (int i = 0; i < 100; i++) {
            assertThat(RecheckComment.matches("Patch Set 1:" + words + "!")).isFalse();
            assertThat(RecheckComment.matches("Patch Set 1:" + words + ". metaplugin-recheck"))
                    .isFalse();
            assertThat(RecheckComment.matches("Patch Set 1:" + words + " metaplugin-recheck"))
                    .isTrue();
            assertThat(RecheckComment.matches(blanks + "x" + blanks)).isFalse();
            assertThat(RecheckComment.matches("Patch Set " + "1".repeat(60_000) + " metaplugin-recheck"))
                    .isFalse();
        }
    }
}
