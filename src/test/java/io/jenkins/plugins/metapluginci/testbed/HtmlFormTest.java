package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Map;
import org.junit.Test;

/** The structured form of a page's fields, on the HTML that the two cores' form tags make. */
public class HtmlFormTest {

    @Test
    public void fieldsAreNamedByTheirLastPart() {
        HtmlForm form = form("""
                <input name="_.host" type="text" value="h">
                <textarea name="_.text">
                two
                lines</textarea>
                <input name="plain" type="checkbox" checked="true">
                <input name="_.off" type="checkbox">
                <select name="s"><option value="1">one</option><option value="2" selected="true">two</option></select>
                <input name="r" type="radio" value="a"><input name="r" type="radio" value="b" checked="true">
                <input name="button" type="button" value="x"><input type="submit" name="Submit" value="Save">
                """);
        assertJson(form, """
                {"host": "h", "text": "two\\nlines", "plain": true, "off": false, "s": "2", "r": "b"}""");
        form.set("host", "other")
                .set("text", "x")
                .check("off", true)
                .set("s", "1")
                .set("r", "a");
        assertJson(form, """
                {"host": "other", "text": "x", "plain": true, "off": true, "s": "1", "r": "a"}""");
    }

    @Test
    public void repeatedChunksAreObjectsAndTheMasterCopyIsNone() {
        HtmlForm form = form("""
                <div class="repeated-container">
                  <div class="repeated-chunk to-be-removed" name="watches"><input name="_.project" value=""></div>
                  <div class="repeated-chunk" name="watches"><input name="_.project" value="first"></div>
                  <div class="repeatable-insertion-point"></div>
                  <input type="button" class="repeatable-add" value="Add">
                </div>
                """);
        assertJson(form, """
                {"watches": {"project": "first"}}""");
        form.add("watches").set("project", "second");
        assertThat(form.chunks("watches")).hasSize(2);
        assertJson(form, """
                {"watches": [{"project": "first"}, {"project": "second"}]}""");
        form.chunks("watches").get(0).remove();
        assertJson(form, """
                {"watches": {"project": "second"}}""");
    }

    @Test
    public void anOptionalBlockOfRowsIsAnObjectWhileItIsOn() {
        String rows = """
                <table>
                <tr class="optional-block-start row-set-start"><td colspan="3">
                  <input type="checkbox" name="publish" %s></td></tr>
                <tr><td><input name="_.server" value="s"></td></tr>
                <tr class="row-set-start" name="inner"></tr>
                <tr><td><input name="_.deep" value="d"></td></tr>
                <tr class="row-set-end"></tr>
                <tr class="row-set-end optional-block-end"></tr>
                <tr><td><input name="_.after" value="a"></td></tr>
                </table>
                """;
        assertJson(form(rows.formatted("checked='true'")), """
                {"publish": {"server": "s", "inner": {"deep": "d"}}, "after": "a"}""");
        assertJson(form(rows.formatted("")), """
                {"after": "a"}""");
    }

    @Test
    public void anOptionalBlockOfDivisionsIsTheSame() {
        String divisions = """
                <div class="optionalBlock-container">
                <div class="tr optional-block-start row-group-start row-set-start"><div>
                  <span class="jenkins-checkbox"><input type="checkbox" name="publish" %s></span></div></div>
                <div class="rowvg-start tr"></div>
                <div class="form-container tr"><div class="tr"><input name="_.server" value="s"></div></div>
                <div class="tr row-set-end rowvg-end optional-block-end row-group-end"></div>
                </div>
                <div class="tr"><input name="_.after" value="a"></div>
                """;
        assertJson(form(divisions.formatted("checked='true'")), """
                {"publish": {"server": "s"}, "after": "a"}""");
        assertJson(form(divisions.formatted("")), """
                {"after": "a"}""");
    }

    @Test
    public void aChosenRadioBlockHoldsItsRowsBesideItsValue() {
        HtmlForm form = form("""
                <table>
                <tr class="radio-block-start"><td><input type="radio" class="radio-block-control" name="realm" value="0">
                </td></tr>
                <tr><td><input name="_.a" value="1"></td></tr>
                <tr class="radio-block-end"></tr>
                <tr class="radio-block-start"><td>
                <input type="radio" class="radio-block-control" name="realm" value="1" checked="true"></td></tr>
                <tr><td><input name="_.b" value="2"></td></tr>
                <tr class="radio-block-end"></tr>
                </table>
                """);
        assertJson(form, """
                {"realm": {"value": "1", "b": "2"}}""");
    }

    private static void assertJson(HtmlForm form, String expected) {
        assertThat(form.json()).isEqualTo(JsonParser.parseString(expected));
    }

    private static HtmlForm form(String fields) {
        String html = "<html><body><form method='post' name='search'><input name='q'></form><form method='post'"
                + " name='config' action='submit'>" + fields + "<input type='hidden' name='json' value='init'></form>";
        URI uri = URI.create("http://127.0.0.1/");
        return HtmlForm.on(null, new Page(200, uri, HttpHeaders.of(Map.of(), (name, value) -> true), html));
    }
}
