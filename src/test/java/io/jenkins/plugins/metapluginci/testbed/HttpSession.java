package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.nodes.Element;

/**
 * HTTP to the controller as one user: cookies are kept, each POST carries a crumb unless switched off. Works alike on
 * core 1.395 and on current Jenkins; both accept user and password by Basic authentication. Thread-safe.
 */
public class HttpSession {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MOST_REDIRECTS = 5;
    private static final String FORM = "application/x-www-form-urlencoded; charset=UTF-8";
    /** How the pages of 1.395 tell their scripts the crumb. */
    private static final Pattern OLD_CRUMB = Pattern.compile("crumb\\.init\\(\"([^\"]+)\", *\"([^\"]+)\"\\)");

    private final URI root;
    private final Account account;
    private final boolean crumbs;
    private final HttpClient http;

    /**
     * A session of its own.
     *
     * @param root the controller's root URL, ending in a slash
     * @param account the user, null for anonymous
     */
    protected HttpSession(URI root, Account account) {
        this(root, account, true);
    }

    /** As the other, {@code crumbs} false for POSTs without a crumb. */
    protected HttpSession(URI root, Account account, boolean crumbs) {
        this.root = root;
        this.account = account;
        this.crumbs = crumbs;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .followRedirects(HttpClient.Redirect.NEVER)
                .cookieHandler(new CookieManager())
                .build();
    }

    /** The controller's root URL. */
    public URI root() {
        return root;
    }

    /** Who this is; null for anonymous. */
    public Account account() {
        return account;
    }

    /**
     * GET, following redirects.
     *
     * @param path relative to the root URL, without a leading slash; an absolute URL is taken as it is
     */
    public Page get(String path) {
        Page page = send(request(root.resolve(path)).GET());
        for (int i = 0;
                i < MOST_REDIRECTS
                        && page.status() / 100 == 3
                        && !page.location().isEmpty();
                i++) {
            page = send(request(page.uri().resolve(page.location())).GET());
        }
        return page;
    }

    /**
     * GET of JSON: fails unless the answer is one. Core 1.395 stumbles over its own loop ({@code arr$}) when two requests
     * are the first to ask for a kind of JSON; such an answer is asked for again.
     */
    public JsonObject json(String path) {
        Page page = get(path);
        for (int again = 0; again < 3 && page.status() == 500 && page.body().contains("arr$"); again++) {
            page = get(path);
        }
        return page.ok().json();
    }

    /** POST of form fields; redirects are not followed (a 302 is how the controller says done). */
    public Page post(String path, Map<String, String> fields) {
        return postEncoded(path, encode(fields));
    }

    /** POST without any field. */
    public Page post(String path) {
        return post(path, Map.of());
    }

    /** POST of fields already encoded; for forms, which may name a field twice. */
    Page postEncoded(String path, String encoded) {
        return sendWithCrumb(
                request(root.resolve(path)).header("Content-Type", FORM).POST(BodyPublishers.ofString(encoded)));
    }

    /** POST of an XML document, say a job's config.xml. */
    public Page postXml(String path, String xml) {
        return sendWithCrumb(request(root.resolve(path))
                .header("Content-Type", "application/xml; charset=UTF-8")
                .POST(BodyPublishers.ofString(xml)));
    }

    /** POST of one file, the way an upload form sends it. */
    public Page upload(String path, String field, Path file) {
        String boundary = "bed-" + UUID.randomUUID();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            body.write(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\""
                            + file.getFileName() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.write(Files.readAllBytes(file));
            body.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sendWithCrumb(request(root.resolve(path))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofByteArray(body.toByteArray())));
    }

    /** Field and value of a crumb for this user; empty when the controller gives none. */
    public Optional<Map.Entry<String, String>> crumb() {
        Page issuer = get("crumbIssuer/api/json");
        if (issuer.status() == 200) {
            JsonObject json = issuer.json();
            return Optional.of(Map.entry(
                    json.get("crumbRequestField").getAsString(),
                    json.get("crumb").getAsString()));
        }
        // Anonymous may not ask the issuer, but every page has a crumb in it for its scripts.
        Page login = get("login");
        Element field = login.html().selectFirst("input[name=Jenkins-Crumb]");
        if (field != null) {
            return Optional.of(Map.entry(field.attr("name"), field.attr("value")));
        }
        Matcher old = OLD_CRUMB.matcher(login.body());
        return old.find() ? Optional.of(Map.entry(old.group(1), old.group(2))) : Optional.empty();
    }

    /** URL-encodes a part of a path, say a job's name. */
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Encodes form fields. */
    static String encode(Map<String, String> fields) {
        return encode(List.copyOf(fields.entrySet()));
    }

    static String encode(List<Map.Entry<String, String>> fields) {
        return fields.stream()
                .map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(LIMIT);
        if (account != null) {
            String pair = account.name() + ":" + account.password();
            builder.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return builder;
    }

    /** 1.395 computes crumbs with one digest that it does not lock: one made or checked beside another may be a wrong one. */
    private Page sendWithCrumb(HttpRequest.Builder builder) {
        Page page = sendOnceWithCrumb(builder);
        for (int again = 0;
                crumbs && again < 4 && page.status() == 403 && page.body().contains("No valid crumb");
                again++) {
            page = sendOnceWithCrumb(builder);
        }
        return page;
    }

    private Page sendOnceWithCrumb(HttpRequest.Builder builder) {
        if (crumbs) {
            // Asked for each time: a crumb of current Jenkins is bound to a session that ends with the process.
            crumb().ifPresent(crumb -> builder.setHeader(crumb.getKey(), crumb.getValue()));
        }
        return send(builder);
    }

    private Page send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Page(response.statusCode(), response.uri(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
