package io.jenkins.plugins.metapluginci.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The page's own files around a status that {@link Views} makes up, without a controller: for browsers. With a number of items
 * as argument: as many.
 */
public final class StatusPreview implements AutoCloseable {
    private static final Path WEBAPP = Path.of("src/main/webapp");
    private static final String PAGE = """
            <!DOCTYPE html><html><head><title>Preview</title><meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="stylesheet" href="css/status.css"><link rel="stylesheet" href="css/nodes.css"></head><body><div id="top-panel"></div><div id="main-panel">
            <h1>Metaplugin CI</h1><div id="mci" data-url="/ci/status.json" data-operate="true"></div>
            <script src="js/common.js"></script>
            <script src="js/status.js"></script>
            <div id="mci-pool" data-root="/ci/" data-url="/ci/nodes.json"></div>
            <script src="js/node-parts.js"></script><script src="js/nodes.js"></script></div></body></html>
            """;

    private static final String NODES = """
            <!DOCTYPE html><html><head><title>Preview</title><meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="stylesheet" href="css/status.css"><link rel="stylesheet" href="css/nodes.css"></head>
            <body><div id="top-panel"></div><div id="main-panel"><h1>Nodes</h1>
            <div id="mci" data-root="/ci/" data-url="/ci/nodes.json" data-operate="true"></div>
            <script src="js/common.js"></script><script src="js/node-parts.js"></script><script src="js/nodes.js"></script>
            </div></body></html>
            """;
    private static final String NODE = """
            <!DOCTYPE html><html><head><title>Preview</title><meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="stylesheet" href="css/status.css"><link rel="stylesheet" href="css/nodes.css"></head>
            <body><div id="top-panel"></div><div id="main-panel"><h1>NAME</h1>
            <div id="mci" data-root="/ci/" data-url="/ci/nodes.json?node=NAME" data-node="NAME" data-operate="true" data-hold="24"
            data-post="/ci/computer/NAME/metaplugin-ci/"></div>
            <script src="js/common.js"></script><script src="js/node-parts.js"></script><script src="js/node.js"></script>
            </div></body></html>
            """;

    private final HttpServer server;
    /** What was posted, {@code PATH BODY}. */
    public final List<String> posted = new CopyOnWriteArrayList<>();

    public volatile SchedulerView view = Views.full();
    final FakeDesk desk = new FakeDesk();

    /** HTTP status of the answers in JSON. */
    public volatile int answer = 200;
    /** Whether status.json is never answered. */
    public volatile boolean silent;

    public StatusPreview() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    /** Of the page. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/ci/";
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().replaceFirst("^/ci/", "");
        if ("POST".equals(exchange.getRequestMethod())) {
            posted.add(path + " " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            send(exchange, 200, "application/json", "{\"done\": true, \"message\": \"Done.\"}");
        } else if (path.equals("status.json") && silent) {
            // Left open, as a controller does that hangs: the server's one thread has others to serve.
            return;
        } else if (path.equals("status.json")) {
            StringWriter json = new StringWriter();
            ZuulStatus.write(view, "1.0", json);
            send(exchange, answer, "application/json", json.toString());
        } else if (path.equals("nodes.json")) {
            send(
                    exchange,
                    answer,
                    "application/json",
                    nodes(exchange.getRequestURI().getQuery()));
        } else if (path.isEmpty() || path.startsWith("preview-")) {
            exchange.getResponseHeaders()
                    .set("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src 'self'");
            send(exchange, 200, "text/html", page(path));
        } else {
            Path file = WEBAPP.resolve(path).normalize();
            boolean ours = file.startsWith(WEBAPP) && Files.isRegularFile(file);
            String type = Map.of("css", "text/css", "js", "text/javascript")
                    .getOrDefault(path.replaceFirst(".*\\.", ""), "text/plain");
            send(exchange, ours ? 200 : 404, type, ours ? Files.readString(file) : "");
        }
    }

    /** @param path {@code preview-nodes}, or {@code preview-} and the name of a node */
    private static String page(String path) {
        return path.isEmpty()
                ? PAGE
                : path.equals("preview-nodes") ? NODES : NODE.replace("NAME", path.substring("preview-".length()));
    }

    private String nodes(String query) {
        Map<String, String> asked = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            asked.put(pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", ""));
        }
        String node = asked.get("node");
        return node == null
                ? NodesJson.of(desk.view())
                : NodesJson.of(desk.detail(
                        node,
                        Integer.parseInt(asked.getOrDefault("history", "50")),
                        Long.parseLong(asked.getOrDefault("log", "0"))));
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + ";charset=UTF-8");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** Serves until it is killed. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (StatusPreview preview = new StatusPreview()) {
            if (args.length > 0) {
                preview.view = Views.many(Integer.parseInt(args[0]), 4, Views.NOW);
            }
            System.out.println(preview.url());
            Thread.currentThread().join();
        }
    }
}
