package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** An SSH server in this JVM, on a free loopback port, whose commands a test writes in Java. */
public final class SshHost implements AutoCloseable {
    public static final String USER = "ci";
    public static final String PASSWORD = "correct horse";

    /** What a command does; runs on a thread of its own, interrupted when its channel closes. */
    @FunctionalInterface
    public interface Program {
        /** @return the exit status */
        int run(Call call) throws Exception;
    }

    /** One command under way. @param environment what the client asked to set */
    public record Call(
            String command,
            Map<String, String> environment,
            InputStream in,
            OutputStream out,
            OutputStream err,
            Runnable disconnect) {
        public void print(String text) throws IOException {
            out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            out.flush();
        }

        public void complain(String text) throws IOException {
            err.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            err.flush();
        }
    }

    private final SshServer server = SshServer.setUpDefaultServer();
    private final SftpSubsystemFactory sftp = new SftpSubsystemFactory();
    private final List<KeyPair> hostKeys = new ArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private volatile KeyPair userKey;
    private volatile Program program = call -> 0;

    public SshHost(String... hostKeyTypes) throws IOException, GeneralSecurityException {
        for (String type : hostKeyTypes) {
            hostKeys.add(generate(type));
        }
        userKey = generate("ssh-ed25519");
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
        server.setPublickeyAuthenticator(
                (user, key, session) -> user.equals(USER) && KeyUtils.compareKeys(key, userKey.getPublic()));
        server.setPasswordAuthenticator((user, password, session) -> user.equals(USER) && password.equals(PASSWORD));
        server.setCommandFactory((channel, command) -> new Running(command));
        server.setSubsystemFactories(Collections.singletonList(sftp));
        server.start();
    }

    public static KeyPair generate(String type) throws GeneralSecurityException {
        if (type.equals("ssh-ed25519")) {
            return org.apache.sshd.common.util.security.SecurityUtils.getKeyPairGenerator("EdDSA")
                    .generateKeyPair();
        }
        boolean rsa = type.equals("ssh-rsa");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        generator.initialize(rsa ? 2048 : 256);
        return generator.generateKeyPair();
    }

    /** Writes a private key in OpenSSH format. @param passphrase null for none */
    public static Path write(KeyPair key, Path file, String passphrase) throws IOException, GeneralSecurityException {
        OpenSSHKeyEncryptionContext encryption = null;
        if (passphrase != null) {
            encryption = new OpenSSHKeyEncryptionContext();
            encryption.setCipherType("256");
            encryption.setPassword(passphrase);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "test", encryption, out);
        }
        return file;
    }

    /** How many channels a connection may have at a time. */
    public void limitChannels(int most) {
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, most);
    }

    /** Offers this cipher alone. */
    public void onlyCipher(org.apache.sshd.common.cipher.BuiltinCiphers cipher) {
        server.setCipherFactories(List.of(cipher));
    }

    /** Takes only what a current OpenSSH takes: RSA keys with SHA-2, never with SHA-1. */
    public void refuseOldSignatures() {
        server.setSignatureFactories(List.of(
                BuiltinSignatures.ed25519,
                BuiltinSignatures.nistp256,
                BuiltinSignatures.rsaSHA512,
                BuiltinSignatures.rsaSHA256));
    }

    /** Is told of, and may refuse, what is done over SFTP from now on. */
    public void watchSftp(SftpEventListener listener) {
        sftp.addSftpEventListener(listener);
    }

    public int port() {
        return server.getPort();
    }

    public void program(Program commands) {
        this.program = commands;
    }

    public void userKey(KeyPair key) {
        this.userKey = key;
    }

    public KeyPair userKey() {
        return userKey;
    }

    /** The line that names the n-th host key. */
    public String hostKey(int n) {
        return SshKeys.line(hostKeys.get(n).getPublic());
    }

    /** Every command that was asked for, in order. */
    public List<String> commands() {
        return commands;
    }

    public int sessions() {
        return server.getActiveSessions().size();
    }

    /** A target for this host at a port (its own or a relay's), with the right key and host key. */
    public SshTarget target(int port, Path keyFile) {
        return new SshTarget("127.0.0.1", port, USER, new SshLogin.KeyFile(keyFile, null), new HostKeys(hostKey(0)));
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    private final class Running implements Command {
        private final String command;
        private InputStream in;
        private OutputStream out;
        private OutputStream err;
        private ExitCallback exit;
        private Thread thread;

        Running(String command) {
            this.command = command;
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = stream;
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {
            err = stream;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            commands.add(command);
            Runnable disconnect = () -> channel.getSession().close(true);
            thread = new Thread(
                    () -> run(new Call(command, Map.copyOf(environment.getEnv()), in, out, err, disconnect)),
                    "Test command: " + command);
            thread.setDaemon(true);
            thread.start();
        }

        private void run(Call call) {
            try {
                exit.onExit(program.run(call));
            } catch (Exception e) {
                exit.onExit(255, e.toString());
            }
        }

        @Override
        public void destroy(ChannelSession channel) {
            thread.interrupt();
        }
    }
}
