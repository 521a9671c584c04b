package io.jenkins.plugins.metapluginci.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine that really reboots: an OpenSSH server in PID, mount and UTS namespaces of its own, on an overlay of the host's
 * file system with an upper layer of its own. So packages are the host's, while users, /etc, /home, /opt and the Open vSwitch
 * database are its own and survive a reboot; /tmp and /run do not; each start has a new boot id. {@code shutdown} and
 * {@code reboot} end in reboot(2). User {@code jenkins} logs in with a key and has sudo without a password.
 *
 * <p>The network is the host's: sshd listens on a free port of 127.0.0.1. The controller reaches the node, or the node's
 * agent reaches the controller, through {@link #relay()}. Needs root on the host. Thread-safe.
 */
public final class Node implements AutoCloseable {

    /** The agent's directory on the node. */
    public static final String HOME = "/home/jenkins/workspaces";

    /** The user that builds run as. */
    public static final String USER = "jenkins";

    private static final Duration UP_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final String name;
    private final NodeKey key;
    private final int sshPort = Ports.free();
    private final NodePower power;
    private final NodeFaults faults;
    private volatile Relay relay;

    /**
     * A machine that is off.
     *
     * @param directory where its layers and logs go; on a file system that an overlay's upper layer can be on
     * @param hidden directory that the node must not see: the test bed's
     * @param name host name, and name of the node on the controller
     * @param key who may log in
     */
    public Node(Path directory, Path hidden, String name, NodeKey key) {
        this.directory = directory.toAbsolutePath();
        this.name = name;
        this.key = key;
        try {
            if (!(Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")))) {
                throw new IllegalStateException("nodes are made of namespaces and mounts: run this as root");
            }
            for (String part : List.of("upper", "work", "root")) {
                Files.createDirectories(this.directory.resolve(part));
            }
            Path bed = Files.createDirectories(upper().resolve("etc/testbed"));
            Files.copy(resource("node-init.sh"), bed.resolve("init.sh"));
            Files.copy(resource("node-shutdown.sh"), bed.resolve("shutdown"));
            Files.writeString(bed.resolve("authorized_keys"), key.publicKey());
            Files.writeString(bed.resolve("sshd_config"), sshdConfig());
            Files.copy(resource("node-boot.sh"), this.directory.resolve("boot.sh"));
            linkJava();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        power = new NodePower(name, this.directory, hidden);
        faults = new NodeFaults(this, power);
        relay = new Relay(name, sshPort);
    }

    /** Switches it on and waits until its sshd answers. */
    public Node powerOn() {
        power.on();
        awaitUp();
        return this;
    }

    /** Pulls the plug: everything on it is gone, nothing is told to anybody but by the kernel, which closes its sockets. */
    public void powerOff() {
        power.off();
    }

    /** Whether it is on. */
    public boolean isOn() {
        return power.isOn();
    }

    /** Waits until its sshd answers. */
    public void awaitUp() {
        Await.until("sshd of " + name + " answers", UP_LIMIT, this::console, this::sshAnswers);
    }

    /** How long it stays dark between the end of one start and the next; zero unless set. */
    public void setBootDelay(Duration delay) {
        power.setBootDelay(delay);
    }

    /** What goes wrong with it. */
    public NodeFaults faults() {
        return faults;
    }

    /** Switches it off for good. */
    @Override
    public void close() {
        power.close();
        relay.close();
    }

    /** Host name, and name on the controller. */
    public String name() {
        return name;
    }

    /** Where sshd listens on 127.0.0.1, without a relay. */
    public int sshPort() {
        return sshPort;
    }

    /** What lies between controller and node: to sshd, or from the agent to the controller on one without SSH Slaves. */
    public Relay relay() {
        return relay;
    }

    /** The private key that opens it. */
    public NodeKey key() {
        return key;
    }

    /** Boot id of the present or the last start. */
    public String bootId() {
        List<Boot> boots = boots();
        return boots.get(boots.size() - 1).bootId();
    }

    /** Every start so far, oldest first. */
    public List<Boot> boots() {
        return power.boots();
    }

    /** How many reboots there were: starts that followed reboot(2). */
    public int reboots() {
        return (int)
                boots().stream().filter(boot -> boot.end() == Boot.End.REBOOT).count();
    }

    /**
     * One start of the machine.
     *
     * @param bootId what /proc/sys/kernel/random/boot_id said
     * @param startedMs when it started, ms since 1970
     * @param endedMs when it ended, 0 while it runs
     * @param end how it ended
     */
    public record Boot(String bootId, long startedMs, long endedMs, End end) {
        /** How a start ended. */
        public enum End {
            /** It runs. */
            RUNNING,
            /** reboot(2) to restart. */
            REBOOT,
            /** reboot(2) to power off or halt. */
            HALT,
            /** The plug was pulled, or its init died. */
            POWER_CUT
        }
    }

    /**
     * Its whole file system as it sees it; only while it is on. Files may be read and written. Absolute symbolic links in it
     * point into the host when followed from here.
     */
    public Path root() {
        return Path.of("/proc/" + power.init() + "/root");
    }

    /** What it has written itself to its disk (the overlay's upper layer); /tmp and /run are not there. Only for reading. */
    public Path disk() {
        return upper();
    }

    /** Everything its console has shown: boot messages and sshd's log, over all starts. */
    public String console() {
        return power.console();
    }

    /**
     * What a command did.
     *
     * @param exit its exit status; 137 when the machine went under it
     * @param output standard output and error
     */
    public record Result(int exit, String output) {
        /** The output, when the status is 0. */
        public String ok() {
            if (exit != 0) {
                throw new AssertionError("exit status " + exit + ": " + output);
            }
            return output;
        }
    }

    /** Runs a shell command on it as root, without going through sshd. */
    public Result exec(String command) {
        return run("bash", "-c", command);
    }

    /** Runs a shell command on it as jenkins, without going through sshd. */
    public Result execAsJenkins(String command) {
        return run(
                "setpriv",
                "--reuid=" + USER,
                "--regid=" + USER,
                "--init-groups",
                "env",
                "HOME=/home/jenkins",
                "bash",
                "-c",
                "cd /home/jenkins; " + command);
    }

    /** What runs on it now, its init included. */
    public List<NodeProcess> processes() {
        return NodeProcess.of(power.init());
    }

    /** Kills the agent's JVM and nothing else. */
    public void killAgent() {
        exec("pkill -KILL -f -- '-jar [^ ]*(slave|agent|remoting)[.]jar'");
    }

    /**
     * Makes it a node of the controller and waits until it is online: launched by SSH Slaves where the controller
     * has that plugin (core 1.395 does), elsewhere as an inbound agent that starts with the machine.
     *
     * @param labels separated by spaces
     */
    public void join(Controller controller, String labels) {
        join(controller, labels, 1);
    }

    /** As {@link #join(Controller, String)}, with a number of executors. */
    public void join(Controller controller, String labels, int executors) {
        JenkinsClient admin = controller.admin();
        if (admin.plugins().containsKey("ssh-slaves")) {
            admin.createSshNode(name, labels, executors, HOME, "127.0.0.1", relay.port(), USER, key.file());
        } else {
            joinInbound(controller, labels, executors);
        }
        admin.awaitOnline(name, Duration.ofSeconds(90));
    }

    private void joinInbound(Controller controller, String labels, int executors) {
        JenkinsClient admin = controller.admin();
        admin.createInboundNode(name, labels, executors, HOME);
        relay.close();
        relay = new Relay(name, controller.port());
        try {
            Path home = root().resolve("home/jenkins");
            HttpRequest jar = HttpRequest.newBuilder(controller.url().resolve("jnlpJars/agent.jar"))
                    .build();
            HttpClient.newHttpClient().send(jar, BodyHandlers.ofFile(home.resolve("agent.jar")));
            Files.writeString(home.resolve("agent-secret"), admin.inboundSecret(name));
            String script = new String(resource("node-agent.sh").readAllBytes(), StandardCharsets.UTF_8)
                    .replace(
                            "@URL@",
                            URI.create("http://127.0.0.1:" + relay.port() + "/").toString())
                    .replace("@NAME@", name);
            Files.writeString(root().resolve("etc/testbed/agent.sh"), script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        exec("chown jenkins: /home/jenkins/agent* && chmod 600 /home/jenkins/agent-secret")
                .ok();
        // From now on it starts with the machine; this once it is started by hand.
        exec("setsid setpriv --reuid jenkins --regid jenkins --init-groups env -i PATH=\"$PATH\" HOME=/home/jenkins"
                        + " USER=jenkins LANG=C.UTF-8 /bin/bash /etc/testbed/agent.sh </dev/null >/dev/null 2>&1 &")
                .ok();
    }

    /** Starts a command on it as root, without going through sshd; its two output streams are one. */
    public Process start(String... command) throws IOException {
        return new ProcessBuilder(entering(command)).redirectErrorStream(true).start();
    }

    private List<String> entering(String... command) {
        List<String> line = new ArrayList<>(List.of(
                "nsenter", "--target", String.valueOf(power.init()), "--pid", "--mount", "--uts", "--root", "--wd"));
        line.addAll(List.of("--", "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
        line.addAll(List.of(command));
        return line;
    }

    private Result run(String... command) {
        try {
            Process process = new ProcessBuilder(entering(command))
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean sshAnswers() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(Ports.loopback(), sshPort), 1000);
            socket.setSoTimeout(2000);
            String banner = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return banner != null && banner.startsWith("SSH-2.0");
        }
    }

    private Path upper() {
        return directory.resolve("upper");
    }

    /** A session's PATH is sshd's own; a JDK that lies elsewhere on the host is linked into it. */
    private void linkJava() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java").toRealPath();
        if (!Files.exists(Path.of("/usr/bin/java")) && !Files.exists(Path.of("/usr/local/bin/java"))) {
            Path bin = upper().resolve("usr/local/bin");
            Files.createDirectories(
                    bin, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            Files.createSymbolicLink(bin.resolve("java"), java);
        }
    }

    /** The algorithms of 2011 that the SSH library in SSH Slaves 0.14 knows, beside today's. */
    private String sshdConfig() {
        return """
                Port %d
                ListenAddress 127.0.0.1
                HostKey /etc/testbed/ssh_host_rsa_key
                PidFile /run/sshd.pid
                KexAlgorithms +diffie-hellman-group14-sha1
                HostKeyAlgorithms +ssh-rsa
                PubkeyAcceptedAlgorithms +ssh-rsa
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin no
                UsePAM no
                MaxStartups 100
                Subsystem sftp internal-sftp
                """.formatted(sshPort);
    }

    private static InputStream resource(String resource) {
        return Node.class.getResourceAsStream(resource);
    }

    /** Name, port and state; for messages. */
    @Override
    public String toString() {
        return name + Map.of("sshPort", sshPort, "boots", boots());
    }
}
