package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.apache.sshd.common.util.threads.SshThreadPoolExecutor;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;

/** The client of the SSH library with our settings and on threads of ours. */
final class MinaClient implements AutoCloseable {
    /** The library logs each failed attempt with its stack; our exceptions say it once, so it speaks only when asked to. */
    private static final Logger LIBRARY = Logger.getLogger("org.apache.sshd");
    /** Completion handlers never wait for each other, so that a few threads serve any number of connections. */
    private static final int IO_THREADS = 4;

    private static final AtomicInteger THREADS = new AtomicInteger();

    private final List<ExecutorService> executors = new CopyOnWriteArrayList<>();
    private final SshClient client;
    private final List<NamedFactory<Signature>> signatures;

    MinaClient(SshTimeouts timeouts) {
        if (LIBRARY.getLevel() == null) {
            LIBRARY.setLevel(Level.SEVERE);
        }
        client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setAgentFactory(null);
        client.setServerKeyVerifier(HostKeyCheck.VERIFIER);
        client.addSessionListener(HostKeyCheck.ORDER);
        client.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory(this::ioThreads));
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads("timer"));
        timer.setRemoveOnCancelPolicy(true);
        executors.add(timer);
        client.setScheduledExecutorService(timer, true);
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, timeouts.connect());
        CoreModuleProperties.AUTH_TIMEOUT.set(client, timeouts.connect().plus(timeouts.authentication()));
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, timeouts.heartbeat());
        CoreModuleProperties.HEARTBEAT_REQUEST.set(client, "keepalive@openssh.com");
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, timeouts.missedHeartbeats());
        CoreModuleProperties.IDLE_TIMEOUT.set(client, timeouts.silence());
        CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
        // a request of a few bytes must not wait for the acknowledgement of the one before
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(client, timeouts.channel());
        AbstractSftpClient.SFTP_CLIENT_CMD_TIMEOUT.set(client, timeouts.request());
        client.start();
        signatures = List.copyOf(client.getSignatureFactories());
    }

    /** What a user's key may sign with. */
    List<NamedFactory<Signature>> signatures() {
        return signatures;
    }

    ConnectFuture connect(String user, InetSocketAddress address, AttributeRepository context) throws IOException {
        return client.connect(user, address, context);
    }

    private CloseableExecutorService ioThreads() {
        SshThreadPoolExecutor executor = new SshThreadPoolExecutor(
                IO_THREADS, IO_THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), threads("io"));
        executor.allowCoreThreadTimeOut(true);
        executors.add(executor);
        return executor;
    }

    private static ThreadFactory threads(String purpose) {
        return task -> {
            Thread thread = new Thread(task, "SSH " + purpose + " " + THREADS.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(MinaClient.class.getClassLoader());
            return thread;
        };
    }

    @Override
    public void close() {
        client.close(true);
        executors.forEach(ExecutorService::shutdownNow);
    }
}
