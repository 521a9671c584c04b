package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Adds nodes to a controller: posts what the page New Node posts. One executor, only jobs of its labels, always on. */
final class NodeCreation {

    private static final String CREDENTIALS = "test-bed-node-key";

    private final JenkinsClient client;
    private final JsonObject node = new JsonObject();

    NodeCreation(JenkinsClient client, String name, String labels, String home) {
        this.client = client;
        node.addProperty("name", name);
        node.addProperty("nodeDescription", "of the test bed");
        node.addProperty("remoteFS", home);
        node.addProperty("numExecutors", "1");
        node.addProperty("mode", "EXCLUSIVE");
        node.addProperty("labelString", labels);
        node.addProperty("type", "hudson.slaves.DumbSlave");
        node.add("retentionStrategy", object("hudson.slaves.RetentionStrategy$Always"));
        JsonObject properties = new JsonObject();
        properties.addProperty("stapler-class-bag", "true");
        node.add("nodeProperties", properties);
    }

    /** With more executors than one. */
    NodeCreation executors(int number) {
        node.addProperty("numExecutors", String.valueOf(number));
        return this;
    }

    /** The agent connects by itself. */
    void inbound() {
        create(object("hudson.slaves.JNLPLauncher"));
    }

    /** SSH Slaves launches it. */
    void ssh(String host, int port, String user, Path keyFile) {
        create(sshLauncher(client, host, port, user, keyFile));
    }

    /** What SSH Slaves' form sends: 0.14 takes a key file, later ones credentials, which are made here, too. */
    static JsonObject sshLauncher(JenkinsClient client, String host, int port, String user, Path keyFile) {
        JsonObject launcher = object("hudson.plugins.sshslaves.SSHLauncher");
        launcher.addProperty("host", host);
        launcher.addProperty("port", String.valueOf(port));
        launcher.addProperty("jvmOptions", "-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        if (client.plugins().containsKey("ssh-credentials")) {
            launcher.addProperty("credentialsId", createCredentials(client, user, keyFile));
            launcher.add(
                    "sshHostKeyVerificationStrategy",
                    object("hudson.plugins.sshslaves.verifiers.NonVerifyingKeyVerificationStrategy"));
        } else {
            launcher.addProperty("username", user);
            launcher.addProperty("password", "");
            launcher.addProperty("privatekey", keyFile.toString());
        }
        return launcher;
    }

    private void create(JsonObject launcher) {
        node.add("launcher", launcher);
        String name = node.get("name").getAsString();
        client.post(
                        "computer/doCreateItem",
                        Map.of("name", name, "type", "hudson.slaves.DumbSlave$DescriptorImpl", "json", node.toString()))
                .ok();
    }

    private static String createCredentials(JenkinsClient client, String user, Path keyFile) {
        String id = CREDENTIALS + "-" + user;
        String domain = "credentials/store/system/domain/_/";
        if (client.get(domain + "credential/" + id + "/api/json").status() == 200) {
            return id;
        }
        String prefix = "com.cloudbees.jenkins.plugins.sshcredentials.impl.BasicSSHUserPrivateKey";
        JsonObject source = object(prefix + "$DirectEntryPrivateKeySource");
        try {
            source.addProperty("privateKey", Files.readString(keyFile));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JsonObject credentials = object(prefix);
        credentials.addProperty("scope", "GLOBAL");
        credentials.addProperty("id", id);
        credentials.addProperty("username", user);
        credentials.addProperty("passphrase", "");
        credentials.addProperty("description", "");
        credentials.add("privateKeySource", source);
        JsonObject json = new JsonObject();
        json.addProperty("", "0");
        json.add("credentials", credentials);
        client.post(domain + "createCredentials", Map.of("json", json.toString()))
                .ok();
        return id;
    }

    private static JsonObject object(String type) {
        JsonObject json = new JsonObject();
        // The first is read by 1.395, the second by current Jenkins.
        json.addProperty("stapler-class", type);
        json.addProperty("$class", type);
        return json;
    }
}
