package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.net.URI;
import java.net.http.HttpHeaders;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/**
 * What the controller answered.
 *
 * @param status HTTP status
 * @param uri where it came from
 * @param headers its headers
 * @param body its text
 */
public record Page(int status, URI uri, HttpHeaders headers, String body) {

    /** The page, when its status is 2xx or 3xx. */
    public Page ok() {
        if (status < 200 || status >= 400) {
            String text = Jsoup.parse(body).text();
            throw new AssertionError(
                    uri + " answered " + status + ": " + text.substring(0, Math.min(2000, text.length())));
        }
        return this;
    }

    /** Where it redirects to; empty when it does not. */
    public String location() {
        return headers.firstValue("Location").orElse("");
    }

    /** The body as a JSON object. */
    public JsonObject json() {
        try {
            JsonElement element = JsonParser.parseString(body);
            return element.getAsJsonObject();
        } catch (JsonSyntaxException | IllegalStateException e) {
            throw new AssertionError(uri + " is no JSON object: " + body, e);
        }
    }

    /** The body as an HTML document. */
    public Document html() {
        return Jsoup.parse(body, uri.toString());
    }

    /** The body's text without tags. */
    public String text() {
        return html().text();
    }
}
