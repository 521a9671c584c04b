package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.Test;

/** Python's regular expressions: what they match, what is refused, and that none takes long. */
public class PythonPatternTest {
    /** The specification's, for a recheck in a comment. */
    private static final String RECHECK =
            "(?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*((metaplugin-recheck)|(recheck))\\s*$";

    @Test
    public void matchesWhatPythonMatches() throws Exception {
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String line : table()) {
            String[] fields = line.split("\t", -1);
            String text = decoded(fields[1]);
            PythonPattern pattern = PythonPattern.compile(decoded(fields[0]));
            String found = fields[0] + "\t" + fields[1] + "\t" + yesNo(pattern.match(text)) + "\t"
                    + yesNo(pattern.search(text));
            if (!found.equals(line)) {
                wrong.add(found);
            }
            // words have a way of their own, which must agree with the engine's
            assertThat(yesNo(pattern.attempt(text, false).matched())).as(line).isEqualTo(fields[2]);
            assertThat(yesNo(pattern.attempt(text, true).matched())).as(line).isEqualTo(fields[3]);
            rows++;
        }
        assertThat(wrong).isEmpty();
        assertThat(rows).isGreaterThan(350);
    }

    private static List<String> table() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(PythonPatternTest.class.getResourceAsStream("python-patterns.tsv")),
                StandardCharsets.US_ASCII))) {
            return reader.lines().filter(line -> line.contains("\t")).toList();
        }
    }

    private static String decoded(String field) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '%') {
                result.append((char) Integer.parseInt(field.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                result.append(field.charAt(i));
            }
        }
        return result.toString();
    }

    private static String yesNo(boolean value) {
        return value ? "y" : "n";
    }

    @Test
    public void refusesWhatPython2RefusesAndSaysWhere() {
        Map.ofEntries(
                        Map.entry("a)", "unbalanced parenthesis at position 1"),
                        Map.entry("(a", "unbalanced parenthesis at position 2"),
                        Map.entry("(?#a", "unbalanced parenthesis at position 4"),
                        Map.entry("*", "nothing to repeat at position 0"),
                        Map.entry("a|+", "nothing to repeat at position 2"),
                        Map.entry("^*", "nothing to repeat at position 1"),
                        Map.entry("\\b?", "nothing to repeat at position 2"),
                        Map.entry("a**", "multiple repeat at position 2"),
                        Map.entry("a*+", "multiple repeat at position 2"),
                        Map.entry("a{2}{3}", "multiple repeat at position 6"),
                        Map.entry("a{3,2}", "bad repeat interval at position 5"),
                        Map.entry("a{9999999999}", "the repetition number is too large at position 12"),
                        Map.entry("[a", "unexpected end of regular expression at position 2"),
                        Map.entry("[]", "unexpected end of regular expression at position 2"),
                        Map.entry("[b-a]", "bad character range at position 3"),
                        Map.entry("[\\w-a]", "bad character range at position 4"),
                        Map.entry("[a-\\d]", "bad character range at position 3"),
                        Map.entry("[\\8]", "bogus escape: \\8 at position 1"),
                        Map.entry("a\\", "bogus escape (end of line) at position 1"),
                        Map.entry("\\x4", "bogus escape: \\x needs two hexadecimal digits at position 2"),
                        Map.entry("\\1", "bogus escape: there is no group 1 yet at position 0"),
                        Map.entry("(a\\1)", "cannot refer to open group at position 2"),
                        Map.entry("(?P<1>a)", "bad character in group name at position 5"),
                        Map.entry("(?P<>a)", "missing group name at position 4"),
                        Map.entry("(?P<n", "unterminated name at position 5"),
                        Map.entry("(?P=n)", "unknown group name at position 5"),
                        Map.entry("(?P>n)", "unknown specifier after ?P at position 3"),
                        Map.entry("(?P<n>a)(?P<n>b)", "redefinition of group name 'n' at position 13"),
                        Map.entry("(?<n>a)", "syntax error: expected (?<=...) or (?<!...) at position 3"),
                        Map.entry("(?>a)", "unknown extension at position 2"),
                        Map.entry("(?i:a)", "unknown extension at position 3"),
                        Map.entry("(?-i)", "unknown extension at position 2"),
                        Map.entry("(?i", "unexpected end of pattern at position 3"),
                        Map.entry("(?<=a*)b", "look-behind requires fixed-width pattern at position 6"),
                        Map.entry("(?<!a|bc)d", "look-behind requires fixed-width pattern at position 8"),
                        Map.entry("(?(x)a|b)", "unknown group name in a condition at position 4"),
                        Map.entry("(a)(?(1)a|b|c)", "conditional backref with more than two branches at position 11"),
                        Map.entry("(?u)a", "the flag (?u) is not supported at position 2"),
                        Map.entry("()".repeat(100), "more than 99 groups at position 198"),
                        Map.entry("(?:".repeat(101), "more than 100 nested parentheses at position 300"),
                        Map.entry("a".repeat(8193), "longer than 8192 characters at position 8192"))
                .forEach((pattern, problem) -> {
                    PatternProblem thrown =
                            catchThrowableOfType(PatternProblem.class, () -> PythonPattern.compile(pattern));
                    assertThat(thrown).as(pattern).isNotNull().hasMessage(problem);
                    assertThat(problem).endsWith(" " + thrown.position());
                });
    }

    /** Python 2 reads the pattern again once it has seen (?x), which may stand behind what it changes. */
    @Test
    public void aLateVerboseFlagChangesWhatStandsBeforeIt() throws Exception {
        assertThat(PythonPattern.compile("a b(?x)").search("ab")).isTrue();
    }

    @Test
    public void patternsAreEqualByTheirText() throws Exception {
        assertThat(PythonPattern.compile("a+"))
                .isEqualTo(PythonPattern.compile("a+"))
                .hasSameHashCodeAs(PythonPattern.compile("a+"))
                .isNotEqualTo(PythonPattern.compile("(?:a)+"))
                .hasToString("a+");
    }

    /** The edges that the engine sees are no part of the text, nor can a text or a pattern speak of them. */
    @Test
    public void nothingMatchesOutsideTheText() throws Exception {
        for (String pattern :
                List.of("[^a]", ".", "(?s).", "\\W", "\\S", "\\D", "\uffff", "[\uffff]", "[\u0080-\uffff]")) {
            assertThat(PythonPattern.compile(pattern).attempt("", true).matched())
                    .as(pattern)
                    .isFalse();
            assertThat(PythonPattern.compile("(?<=" + pattern + ")")
                            .attempt("", true)
                            .matched())
                    .as(pattern)
                    .isFalse();
        }
        assertThat(PythonPattern.compile("(?<!a)(?!a)").search("a")).isFalse();
        assertThat(PythonPattern.compile("^a$").match("\uffffa")).isFalse();
        assertThat(PythonPattern.compile("a$").search("a\uffff")).isFalse();
    }

    @Test
    public void everyHostilePatternEndsWithinItsBudget() throws Exception {
        String many = "a".repeat(2_000);
        for (String[] each : new String[][] {
            {"(a+)+$", many + "b"},
            {"(a|a)*b", many},
            {"(a|aa)+$", many + "b"},
            {"^(a?){40}(?:aa?)*b", many},
            {"(.*)(.*)(.*)(.*)x", many},
            {"(.*)\\1x", many},
            {"(?:(a)|b|\\1)*c", many},
            {"(a*)*(b*)*(a*)*c", many},
            {"(?=(a+))+(?=(a+))+b", many},
            {"(x+x+)+y", "x".repeat(2_000)},
            {"^(([a-z])+.)+[A-Z]([a-z])+$", many},
            // these take time without taking a character
            {"(|)".repeat(40) + "x", ""},
            {"()" + "(|)".repeat(40) + "\\1(?!)", ""},
            {"(?:|(?:))".repeat(40) + "^x", "y"},
            {"(?:(?:|){3}){3}".repeat(20) + "x", ""},
            {"(?:(?:(?:){99999}){99999}){99999}x", ""},
            {"(?:(?=)|(?!x)){60}y", ""},
            {"(?:\\b|\\B|){60}y", "a"},
            {"(?:$|^|){60}y", ""},
            {"(a)?" + "(?:(?(1)|)|(?(1)|)){60}y", ""},
            {"()" + "(?:\\1|\\1){60}y", ""},
            {"(?:a??){60}(?:a?){60}y", many},
            {"(?:(?<=aaaaa)|(?<!aaaaa)|){60}y", "a"},
            {".*.*.*.*.*.*x", many}
        }) {
            PythonPattern pattern = PythonPattern.compile(each[0]);
            PythonPattern.Attempt attempt = pattern.attempt(each[1], true);
            assertThat(attempt.matched()).as(each[0]).isFalse();
            assertThat(attempt.reads()).as(each[0]).isBetween(0L, PythonPattern.budget(each[1].length()));
            assertThat(attempt.gaveUp() || attempt.reads() < PythonPattern.budget(each[1].length()))
                    .as(each[0])
                    .isTrue();
        }
    }

    /** What is given up is counted, by the pattern and in all, and is no match. */
    @Test
    public void givingUpIsCounted() throws Exception {
        PythonPattern pattern = PythonPattern.compile("(|)".repeat(40) + "x");
        long before = PythonPattern.allGivenUp();
        assertThat(pattern.search("")).isFalse();
        assertThat(pattern.match("")).isFalse();
        assertThat(pattern.givenUp()).isEqualTo(2);
        assertThat(PythonPattern.allGivenUp()).isGreaterThanOrEqualTo(before + 2);
        assertThat(pattern.search("x")).as("a match that comes at once").isTrue();
    }

    /** The specification's pattern costs the engine several stack frames a word. */
    @Test
    public void aLongLineIsNoTroubleForTheRecheckPattern() throws Exception {
        PythonPattern pattern = PythonPattern.compile(RECHECK);
        String words = "Patch Set 1:" + " lorem".repeat(10_000);
        assertThat(pattern.search(words + " recheck")).isTrue();
        PythonPattern.Attempt attempt = pattern.attempt(words + " dolor", true);
        assertThat(attempt.matched()).isFalse();
        assertThat(attempt.gaveUp()).isFalse();
        assertThat(attempt.reads()).isLessThan(20L * words.length());
        PythonPattern.Attempt blanks = pattern.attempt(" ".repeat(256 * 1024), true);
        assertThat(blanks.matched()).isFalse();
        assertThat(blanks.reads()).isLessThanOrEqualTo(PythonPattern.budget(256 * 1024));
    }

    @Test
    public void anHonestSearchOfTheLongestCommentIsNotGivenUp() throws Exception {
        String comment = "please have another look at this.".repeat(8000);
        for (String pattern : List.of(
                "(?i)recheck",
                ".*recheck",
                "(?i)\\b(?:recheck|reverify|metaplugin-recheck|regate|rerun|retest|restart|retry)\\b",
                "^(?!.*(recheck|reverify)).*nothing",
                "(?i)^\\s*(?:no bug|bug\\s+\\d+)")) {
            assertThat(PythonPattern.compile(pattern).attempt(comment, true))
                    .as(pattern)
                    .matches(attempt -> !attempt.matched() && !attempt.gaveUp());
        }
    }

    /** Deeper than any stack: no match, and the thread that asked has nothing to fear. */
    @Test
    public void aMatchThatIsTooDeepIsGivenUp() throws Exception {
        PythonPattern pattern = PythonPattern.compile("^(?:(?:(?:a|b.)|(?:c|d.)))*$");
        assertThat(pattern.search("a".repeat(1 << 20))).isFalse();
        assertThat(pattern.givenUp()).isEqualTo(1);
    }

    /** A caller whose own stack is nearly used up gets its answer all the same. */
    @Test
    public void aSmallStackOfTheCallerIsEnough() throws Exception {
        PythonPattern pattern = PythonPattern.compile("^(?:a|b.)*c$");
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        answer.complete(
                                pattern.search("a".repeat(200) + "c") && pattern.search("a".repeat(20_000) + "c"));
                    } catch (Throwable e) {
                        answer.completeExceptionally(e);
                    }
                },
                "small",
                16 << 10);
        thread.start();
        thread.join();
        assertThat(answer).isCompletedWithValue(true);
    }

    /** Nor does compiling overflow, or take time that grows with the power of the nesting. */
    @Test
    public void theLargestPatternsCompile() throws Exception {
        assertThat(PythonPattern.compile("a.".repeat(4096)).match("ab".repeat(4096)))
                .isTrue();
        assertThat(PythonPattern.compile("(?:a|bc)".repeat(1024)).match("a".repeat(1024)))
                .isTrue();
        assertThat(PythonPattern.compile("a?".repeat(4096)).match("")).isTrue();
        assertThat(PythonPattern.compile("a|".repeat(4096)).match("")).isTrue();
        String nested = "(?:".repeat(100) + "a" + ")*".repeat(100);
        assertThat(PythonPattern.compile(nested + "b").search("aab")).isTrue();
        assertThat(PythonPattern.compile("(?<=" + "(?:".repeat(99) + "a" + "|b)".repeat(99) + ")c")
                        .search("ac"))
                .isTrue();
    }

    /** An interrupt does not cut the answer short, and is not swallowed. */
    @Test
    public void anInterruptedCallerGetsItsAnswer() throws Exception {
        PythonPattern pattern = PythonPattern.compile(RECHECK);
        Thread.currentThread().interrupt();
        boolean found = pattern.search("Patch Set 1:" + " lorem".repeat(1000) + " recheck");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(found).isTrue();
    }
}
