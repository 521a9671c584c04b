package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.Test;

/** The part of Python's str.format that layouts use. */
public class PythonFormatTest {
    private static final Map<String, String> FIELDS = Map.of(
            "change.number", "60105",
            "build.parameters[LOG_PATH]", "05/60105/3/check/job/bf0f215",
            "name", "neutron",
            "ci-name", "third",
            "a[b].c", "deep",
            "empty.x", "",
            "a[b-c d]", "key");

    private static String format(String pattern) throws FormatProblem {
        return PythonFormat.format(pattern, FIELDS::get);
    }

    @Test
    public void fillsFieldsIn() throws Exception {
        String[][] rows = {
            {"", ""},
            {"plain", "plain"},
            {"http://logs/{build.parameters[LOG_PATH]}", "http://logs/05/60105/3/check/job/bf0f215"},
            {"{change.number}/{name}", "60105/neutron"},
            {"{name}{name}", "neutronneutron"},
            {"gate-{name}-{ci-name}", "gate-neutron-third"},
            {"{a[b].c}", "deep"},
            {"{a[b-c d]}", "key"},
            {"<{empty.x}>", "<>"},
            {"{{{name}}}", "{neutron}"},
            {"{{name}}", "{name}"},
            {"{{}}", "{}"},
            {"}}{{", "}{"},
        };
        for (String[] row : rows) {
            assertThat(format(row[0])).as(row[0]).isEqualTo(row[1]);
        }
    }

    /** What a field holds is not a pattern. */
    @Test
    public void valuesAreNotFormattedAgain() throws Exception {
        assertThat(PythonFormat.format("{x}{y}", name -> "{" + name + "}")).isEqualTo("{x}{y}");
    }

    @Test
    public void refusesTheRest() {
        String[][] rows = {
            {"{", "Single '{' encountered in format string"},
            {"a{b", "Single '{' encountered in format string"},
            {"}", "Single '}' encountered in format string"},
            {"a}b", "Single '}' encountered in format string"},
            {"{name}}", "Single '}' encountered in format string"},
            {"{}", "The field {} has no name"},
            {"{0}", "The field {0} has no name"},
            {"{.a}", "The field {.a} has no name"},
            {"{[a]}", "The field {[a]} has no name"},
            {"{name!r}", "Unsupported '!' in the field {name!r}"},
            {"{name:>5}", "Unsupported ':' in the field {name:>5}"},
            {"{a{name}}", "Unsupported '{' in the field {a{name}"},
            {"{name.}", "Empty attribute in format string"},
            {"{name[]}", "Empty attribute in format string"},
            {"{name[a}", "Missing ']' in format string"},
            {"{name[a]b}", "Only '.' or '[' may follow ']' in format field specifier"},
            {"{nothing}", "There is no field {nothing}"},
            {"{change.nothing}", "There is no field {change.nothing}"},
        };
        for (String[] row : rows) {
            assertThatThrownBy(() -> format(row[0]))
                    .as(row[0])
                    .isInstanceOf(FormatProblem.class)
                    .hasMessage(row[1]);
        }
    }
}
