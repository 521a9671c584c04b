package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.Test;

/** YAML 1.1 with places, and texts made to hurt. */
public class YamlReaderTest {
    private static Value read(String yaml) {
        Problems problems = new Problems();
        Value value = YamlReader.read(yaml, problems);
        assertThat(problems.errors()).isEmpty();
        return value;
    }

    private static String refused(String yaml) {
        Problems problems = new Problems();
        YamlReader.read(yaml, problems);
        assertThat(problems.errors()).hasSize(1);
        assertThat(problems.errors().get(0).message()).hasSizeLessThan(300);
        return problems.errors().get(0).toString();
    }

    @Test(timeout = 30_000)
    public void billionLaughs() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [lol]\n");
        for (int i = 1; i < 60; i++) {
            yaml.append("a%d: &a%d [".formatted(i, i));
            yaml.append("*a%d,".formatted(i - 1).repeat(9)).append("]\n");
        }
        assertThat(refused(yaml.toString()))
                .isEqualTo("1:1: The layout has more than 500000 pieces, aliases written out.");
        assertThat(LayoutParser.parse(yaml.toString(), ParseOptions.DEFAULT).valid())
                .isFalse();
    }

    @Test(timeout = 30_000)
    public void billionLaughsByMerging() {
        StringBuilder yaml = new StringBuilder("a0: &a0 {x0: y}\n");
        for (int i = 1; i < 60; i++) {
            yaml.append("a%d: &a%d {<<: [".formatted(i, i));
            yaml.append("*a%d,".formatted(i - 1).repeat(9)).append("], x%d: y}\n".formatted(i));
        }
        assertThat(read(yaml.toString()).get("a59").entries()).hasSize(60);
    }

    @Test(timeout = 30_000)
    public void anAliasOfItself() {
        assertThat(refused("a: &a [*a]")).isEqualTo("1:8: found undefined alias a");
        assertThat(refused("a: &a\n  b: {<<: *a}")).isEqualTo("2:11: found undefined alias a");
        assertThat(refused("a: *nothing")).isEqualTo("1:4: found undefined alias nothing");
    }

    @Test(timeout = 30_000)
    public void tenMegabytes() {
        assertThat(refused("# " + "x".repeat(10 << 20)))
                .isEqualTo("1:1: The layout is longer than 2097152 characters.");
        String names = "- a\n".repeat(100_000);
        LayoutResult result = LayoutParser.parse("pipelines:\n" + names + "projects: []\n", ParseOptions.DEFAULT);
        assertThat(result.errors()).hasSize(Problems.MAX + 1);
        assertThat(result.errors())
                .extracting(Problem::message)
                .contains("More than 500 problems; the rest is not listed.");
    }

    @Test(timeout = 30_000)
    public void deepNesting() {
        assertThat(refused("[".repeat(2_000_000))).isEqualTo("1:101: nested deeper than 100 levels");
        assertThat(refused("a: " + "{a: ".repeat(500_000))).contains("nested deeper than 100 levels");
        assertThat(refused("- ".repeat(500_000))).isEqualTo("1:201: nested deeper than 100 levels");
        StringBuilder steps = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            steps.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(refused(steps.toString())).startsWith("101:101: nested deeper");
        assertThat(read("[".repeat(100) + "]".repeat(100)).weight()).isEqualTo(100);
    }

    @Test(timeout = 30_000)
    public void tagsConstructNothing() {
        for (String tag : List.of(
                "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['http://127.0.0.1/']]]]",
                "!!python/object/apply:os.system ['id']",
                "!ruby/object:X {}",
                "!!set {a, b}",
                "!!binary aGk=",
                "!<tag:yaml.org,2002:java.lang.Runtime> x",
                "!!str {a: b}")) {
            assertThat(refused("a: " + tag)).startsWith("1:4: could not determine a constructor for the tag '");
        }
        assertThat(read("a: !!str 2014.1").get("a").kind()).isEqualTo(Value.Kind.STR);
        assertThat(read("a: ! x").get("a").kind()).isEqualTo(Value.Kind.STR);
        assertThat(read("!!map {a: !!seq [!!int 3]}").get("a").items().get(0).asInteger())
                .isEqualTo(3);
    }

    @Test
    public void syntaxErrorsHaveTheirPlace() {
        assertThat(refused("a: b\n  c: d\n")).startsWith("2:4: mapping values are not allowed here");
        assertThat(refused("a:\n\t- b\n")).startsWith("2:1: ");
        assertThat(refused("a: [b\n")).startsWith("2:1: ").contains("flow sequence");
        assertThat(refused("a: 'b\n")).contains("quoted scalar");
        assertThat(refused("a: b\n---\nc: d\n")).startsWith("2:1: expected a single document");
        assertThat(refused("a: b\nc: \u0001x\n"))
                .isEqualTo("2:4: unacceptable character #x0001: special characters are not allowed");
        assertThat(refused("%YAML 3.0\n---\na: b")).isNotEmpty();
        assertThat(refused("? [a]\n: b\n")).isEqualTo("1:3: found unhashable key");
    }

    @Test
    public void placesAreThoseOfKeysAndValues() {
        Value root = read("# comment\nkey:   value\nlist:\n  - one\n  - { two: \"3\" }\n");
        Value.Entry key = root.entry("key");
        assertThat(List.of(
                        key.key().line(),
                        key.key().column(),
                        key.value().line(),
                        key.value().column()))
                .containsExactly(2, 1, 2, 8);
        Value two = root.get("list").items().get(1).get("two");
        assertThat(List.of(two.line(), two.column())).containsExactly(5, 12);
    }

    @Test
    public void scalarsOfYaml11() {
        Value root = read("""
                [text, 'yes', "1", yes, NO, on, true, ~, null, '', 12, +1, -1, 0x1F, 017, 0b101, 1_000, 1:30, 2014.1, .5,
                 2015-04-30, 1e5x, 0o7, '<<', 99999999999]
                """);
        assertThat(root.items())
                .extracting(Value::kind)
                .extracting(Enum::name)
                .containsExactly(
                        "STR STR STR BOOL BOOL BOOL BOOL NULL NULL STR INT INT INT INT INT INT INT INT FLOAT FLOAT DATE STR STR STR INT"
                                .split(" "));
        assertThat(root.items().subList(10, 18))
                .extracting(Value::asInteger)
                .containsExactly(12, 1, -1, 31, 15, 5, 1000, 90);
        assertThat(root.items().get(24).asInteger()).isNull();
        assertThat(root.items().subList(3, 7)).extracting(Value::asBoolean).containsExactly(true, false, true, true);
    }

    @Test
    public void mergeKeys() {
        Value root = read("""
                base: &base {a: 1, b: 1}
                more: &more {b: 2, c: 2}
                both:
                  b: 3
                  <<: [*base, *more]
                  d: 3
                """);
        Value both = root.get("both");
        assertThat(both.entries()).hasSize(4);
        assertThat(both.get("a").text()).isEqualTo("1");
        assertThat(both.get("b").text()).isEqualTo("3");
        assertThat(both.get("c").text()).isEqualTo("2");
        assertThat(refused("a: {<<: text}")).isEqualTo("1:9: expected a mapping for merging, but found the text text");
    }

    @Test
    public void ofAKeyThatComesTwiceTheLastCounts() {
        Problems problems = new Problems();
        Value root = YamlReader.read("check: [a]\ngate: [b]\ncheck: [c]\n", problems);
        assertThat(root.get("check").items().get(0).text()).isEqualTo("c");
        assertThat(problems.warnings())
                .extracting(Problem::toString)
                .containsExactly("1:1: Duplicate key 'check': the one in line 3 counts, as it did for Zuul.");
    }

    @Test(timeout = 60_000)
    public void nonsenseIsRefusedWithoutFailing() {
        String characters = "ab:-?[]{},&*!|>'\"%@#~<.0 \n\t ";
        Random random = new Random(20161123);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder yaml = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                yaml.append(characters.charAt(random.nextInt(characters.length())));
            }
            LayoutResult result = LayoutParser.parse(yaml.toString(), ParseOptions.DEFAULT);
            assertThat(result.valid()).as(yaml.toString()).isFalse();
            assertThat(result.errors()).as(yaml.toString()).isNotEmpty();
        }
    }

    @Test(timeout = 60_000)
    public void damagedLayoutsAreReadOrRefusedWithoutFailing() {
        Random random = new Random(5);
        for (String layout : List.of(ShippedLayouts.specification(), ShippedLayouts.thirdParty())) {
            for (int i = 0; i < 150; i++) {
                StringBuilder yaml = new StringBuilder(layout);
                int at = random.nextInt(yaml.length());
                yaml.replace(at, Math.min(yaml.length(), at + random.nextInt(8)), random.nextBoolean() ? "" : "[x: ");
                LayoutResult result = LayoutParser.parse(yaml.toString(), ParseOptions.DEFAULT);
                assertThat(result.valid()).isEqualTo(result.errors().isEmpty());
            }
        }
    }

    @Test(timeout = 30_000)
    public void templatesMultiplyOnlySoFar() {
        StringBuilder yaml = new StringBuilder("pipelines: []\nproject-templates:\n  - name: t\n    check: [");
        yaml.append("'{name}',".repeat(10_000)).append("]\nprojects:\n");
        for (int i = 0; i < 2000; i++) {
            yaml.append("  - {name: p").append(i).append(", template: [{name: t}]}\n");
        }
        LayoutResult result = LayoutParser.parse(yaml.toString(), ParseOptions.DEFAULT);
        assertThat(result.errors())
                .extracting(Problem::message)
                .anyMatch(each -> each.startsWith("The calls of project templates make more than 300000 pieces"));
    }
}
