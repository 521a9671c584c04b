package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Fills a new Gerrit: accounts, the Verified label, projects with a first commit. Everything goes the way an administrator
 * goes, over REST and git.
 *
 * <p>A changed class makes a new template (see {@link GerritServer}), so everything that is set up is set up here.
 */
final class GerritSetup {

    private static final String GROUP = "Third-Party CI";
    private static final List<String> PROJECTS = List.of("openstack/neutron", "openstack/nova");
    /** Where nodes that are prepared get devstack-gate from. */
    private static final String GATE = "openstack-infra/devstack-gate";

    private static final String OTHER_BRANCH = "stable/juno";

    private final URI url;
    private final Path home;
    private final GerritClient admin;

    GerritSetup(URI url, Path home) {
        this.url = url;
        this.home = home;
        this.admin = new GerritClient(url, Account.ADMIN, home.resolve("clients/setup"));
    }

    void run() {
        try {
            adminPassword();
        } catch (IOException e) {
            throw new IllegalStateException("Gerrit's first login", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        for (Account account : List.of(GerritServer.DEVELOPER, GerritServer.REVIEWER)) {
            account(account.name(), account.password());
        }
        account(GerritServer.CI_USER, null);
        verifiedLabel();
        for (String project : PROJECTS) {
            project(project);
        }
        admin.put("a/projects/" + GerritClient.encode(GATE), new JsonObject());
        admin.pushBranch(GATE, "master", "The miniature", Gate.files());
    }

    /** A new site of type DEVELOPMENT_BECOME_ANY_ACCOUNT has an administrator, who logs in by choosing himself. */
    private void adminPassword() throws IOException, InterruptedException {
        CookieManager cookies = new CookieManager();
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(cookies)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        http.send(HttpRequest.newBuilder(url.resolve("login/?user_name=admin")).build(), BodyHandlers.discarding());
        String token = cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF_TOKEN"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no XSRF_TOKEN after the login"))
                .getValue();
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(url.resolve("accounts/self/password.http"))
                        .header("X-Gerrit-Auth", token)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(
                                "{\"http_password\":\"" + Account.ADMIN.password() + "\"}"))
                        .build(),
                BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("password of admin: " + response.statusCode() + " " + response.body());
        }
    }

    private void account(String name, String password) {
        JsonObject input = new JsonObject();
        input.addProperty("name", Character.toUpperCase(name.charAt(0)) + name.substring(1));
        input.addProperty("email", name + "@example.org");
        input.addProperty("ssh_key", Commands.keyPair(home.resolve("keys").resolve(name), "ed25519"));
        if (password != null) {
            input.addProperty("http_password", password);
        }
        admin.put("a/accounts/" + name, input);
    }

    /** As OpenStack has it: third-party CIs are a group that may stream events and vote Verified -1..+1. */
    private void verifiedLabel() {
        JsonObject group = new JsonObject();
        group.addProperty("name", GROUP);
        String uuid = admin.put("a/groups/" + GerritClient.encode(GROUP), group)
                .getAsJsonObject()
                .get("id")
                .getAsString();
        admin.put("a/groups/" + GerritClient.encode(GROUP) + "/members/" + GerritServer.CI_USER, new JsonObject());
        admin.put("a/projects/All-Projects/labels/Verified", GerritClient.object("""
                        {"commit_message": "Verified", "function": "NoBlock",
                         "values": {"-1": "Fails", " 0": "No score", "+1": "Works"}}"""));
        admin.post("a/projects/All-Projects/access", GerritClient.object("""
                {"add": {
                  "GLOBAL_CAPABILITIES": {"permissions": {"streamEvents": {"rules": {"%1$s": {"action": "ALLOW"}}}}},
                  "refs/heads/*": {"permissions": {"label-Verified": {"label": "Verified",
                    "rules": {"%1$s": {"action": "ALLOW", "min": -1, "max": 1}}}}}}}""".formatted(uuid)));
    }

    private void project(String name) {
        admin.put("a/projects/" + GerritClient.encode(name), new JsonObject());
        admin.pushBranch(
                name,
                "master",
                "The sandbox of " + name,
                Map.of(
                        "README.rst",
                        "The sandbox of " + name + "\n",
                        Gate.SCRIPT,
                        Gate.passing("The branch as it is passes.")));
        JsonObject branch = new JsonObject();
        branch.addProperty("revision", "master");
        admin.put("a/projects/" + GerritClient.encode(name) + "/branches/" + GerritClient.encode(OTHER_BRANCH), branch);
    }
}
