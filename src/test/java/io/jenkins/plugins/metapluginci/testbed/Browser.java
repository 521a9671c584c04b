package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Chromium without a window, driven over the WebDriver protocol of Debian's chromium-driver. Pages are on loopback. */
public final class Browser implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Gson GSON = new Gson();

    private final BedProcess driver;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final Path home;
    private String session;

    private Browser(Path home, int width, int height) {
        this.home = home;
        int port = Ports.free();
        this.base = "http://127.0.0.1:" + port;
        this.driver = BedProcess.start(
                "chromedriver",
                home.resolve("chromedriver.log"),
                Map.of("HOME", home.toString(), "TMPDIR", home.toString()),
                List.of("/usr/bin/chromedriver", "--port=" + port));
        Await.until(
                "the browser's driver answers",
                LIMIT,
                driver::tail,
                () -> get("/status").getAsJsonObject().get("ready").getAsBoolean());
        JsonArray arguments = new JsonArray();
        for (String argument : List.of(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--window-size=" + width + "," + height)) {
            arguments.add(argument);
        }
        JsonObject options = new JsonObject();
        options.add("args", arguments);
        JsonObject logs = new JsonObject();
        logs.addProperty("browser", "ALL");
        JsonObject always = new JsonObject();
        always.add("goog:chromeOptions", options);
        always.add("goog:loggingPrefs", logs);
        JsonObject capabilities = new JsonObject();
        capabilities.add("alwaysMatch", always);
        JsonObject body = new JsonObject();
        body.add("capabilities", capabilities);
        session = "/session/"
                + post("/session", body).getAsJsonObject().get("sessionId").getAsString();
    }

    /**
     * Starts one.
     *
     * @param width of the window in pixels; Chromium takes no less than 500
     */
    public static Browser start(int width, int height) {
        try {
            return new Browser(Files.createTempDirectory("mci-browser"), width, height);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads a page. */
    public void open(String url) {
        JsonObject body = new JsonObject();
        body.addProperty("url", url);
        post(session + "/url", body);
    }

    /** Runs a function's body in the page. @return what it returns */
    public JsonElement run(String script, String... arguments) {
        JsonObject body = new JsonObject();
        body.addProperty("script", script);
        body.add("args", GSON.toJsonTree(arguments));
        return post(session + "/execute/sync", body);
    }

    /** Clicks on the first element of a CSS selector. */
    public void click(String selector) {
        run("document.querySelector(arguments[0]).click();", selector);
    }

    /** Types into a field as a person does who replaces its text. */
    public void type(String selector, String text) {
        run(
                "var field = document.querySelector(arguments[0]); field.value = arguments[1];"
                        + "field.dispatchEvent(new Event('input', {bubbles: true}));",
                selector,
                text);
    }

    /** The texts of the elements of a CSS selector that can be seen. */
    public List<String> texts(String selector) {
        List<String> texts = new ArrayList<>();
        run(
                        "return Array.from(document.querySelectorAll(arguments[0]))"
                                + ".filter(function (e) { return e.checkVisibility({contentVisibilityAuto: false}); })"
                                + ".map(function (e) { return e.textContent; });",
                        selector)
                .getAsJsonArray()
                .forEach(text -> texts.add(text.getAsString()));
        return texts;
    }

    /** Emulates what a person or a device prefers. @param scheme {@code dark} or {@code light} */
    public void prefer(String scheme) {
        JsonObject feature = new JsonObject();
        feature.addProperty("name", "prefers-color-scheme");
        feature.addProperty("value", scheme);
        JsonArray features = new JsonArray();
        features.add(feature);
        JsonObject parameters = new JsonObject();
        parameters.add("features", features);
        tool("Emulation.setEmulatedMedia", parameters);
    }

    /** Emulates a phone's screen. */
    public void phone(int width, int height) {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("width", width);
        parameters.addProperty("height", height);
        parameters.addProperty("deviceScaleFactor", 2);
        parameters.addProperty("mobile", true);
        tool("Emulation.setDeviceMetricsOverride", parameters);
    }

    private void tool(String command, JsonObject parameters) {
        JsonObject body = new JsonObject();
        body.addProperty("cmd", command);
        body.add("params", parameters);
        post(session + "/goog/cdp/execute", body);
    }

    /** Errors and warnings of the pages since the last call: scripts that threw, what a policy forbade, what was not there. */
    public List<String> complaints() {
        JsonObject body = new JsonObject();
        body.addProperty("type", "browser");
        List<String> complaints = new ArrayList<>();
        post(session + "/se/log", body)
                .getAsJsonArray()
                .forEach(entry ->
                        complaints.add(entry.getAsJsonObject().get("message").getAsString()));
        return complaints;
    }

    /** The page as PNG. */
    public byte[] picture() {
        return Base64.getDecoder().decode(get(session + "/screenshot").getAsString());
    }

    private JsonElement get(String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).GET());
    }

    private JsonElement post(String path, JsonObject body) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .POST(HttpRequest.BodyPublishers.ofString(GSON.toJson(body))));
    }

    private JsonElement send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    http.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
            JsonElement value =
                    JsonParser.parseString(response.body()).getAsJsonObject().get("value");
            if (response.statusCode() != 200) {
                throw new AssertionError("the browser's driver says: " + value);
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (session != null) {
                send(HttpRequest.newBuilder(URI.create(base + session)).DELETE());
            }
        } finally {
            driver.kill9();
            Commands.run(home.getParent(), LIMIT, "rm", "-rf", home.toString());
        }
    }
}
