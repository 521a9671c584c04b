package io.jenkins.plugins.metapluginci.ssh;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;

/**
 * Opens SSH connections; one for the whole plugin. All its connections share one client of the SSH library, whose threads
 * are daemons with the plugin's class loader.
 *
 * <p>Nothing is read from the controller's account: no {@code ~/.ssh}, no agent. Every method may be called from any thread,
 * and each wait is bounded by {@link SshTimeouts}.
 */
public final class SshConnector implements AutoCloseable {
    private final SshTimeouts timeouts;
    private final MinaClient client;

    public SshConnector() {
        this(SshTimeouts.defaults());
    }

    public SshConnector(SshTimeouts timeouts) {
        this.timeouts = timeouts;
        this.client = new MinaClient(timeouts);
    }

    /**
     * Connects and logs in, within the time-outs of this connector.
     *
     * @throws SshException UNREACHABLE, HOST_KEY, AUTHENTICATION, TIMEOUT or BROKEN; no connection is left behind
     * @throws InterruptedException when the thread was interrupted; no connection is left behind
     */
    public SshSession connect(SshTarget target) throws SshException, InterruptedException {
        return connect(target, timeouts.connect().plus(timeouts.authentication()));
    }

    /** As {@link #connect(SshTarget)}. @param within for the whole of it, where that is less than the time-outs allow */
    public SshSession connect(SshTarget target, Duration within) throws SshException, InterruptedException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(SshConnector.class.getClassLoader());
        try {
            return connect(target, Deadline.in(within));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private SshSession connect(SshTarget target, Deadline end) throws SshException, InterruptedException {
        HostKeyCheck check = new HostKeyCheck(target, hostKeys(target));
        KeyPair key = null;
        if (target.login() instanceof SshLogin.KeyFile file) {
            key = SshKeys.load(file);
        } else if (target.login() instanceof SshLogin.Password login
                && login.password().isEmpty()) {
            throw new SshException(
                    Kind.AUTHENTICATION,
                    "No password is configured for " + target.user() + " at " + where(target) + ".",
                    null);
        }
        ClientSession session = open(target, check, end);
        boolean done = false;
        try {
            MinaSession ours = new MinaSession(session, target, timeouts);
            logIn(target, session, key, check, end);
            done = true;
            return ours;
        } finally {
            if (!done) {
                session.close(true);
            }
        }
    }

    private static HostKeyList hostKeys(SshTarget target) throws SshException {
        try {
            return HostKeyList.parse(target.hostKeys().text());
        } catch (HostKeyList.MalformedException e) {
            throw new SshException(
                    Kind.HOST_KEY, "Cannot check who answers at " + where(target) + ". " + e.getMessage(), e);
        }
    }

    /** The TCP connection, to the first of the host's addresses that takes it. */
    private ClientSession open(SshTarget target, HostKeyCheck check, Deadline end)
            throws SshException, InterruptedException {
        Deadline connectEnd = Deadline.in(end.leftAtMost(timeouts.connect()));
        SshException last = null;
        for (InetAddress address : addresses(target, connectEnd)) {
            try {
                return open(target, address, check, connectEnd);
            } catch (SshException e) {
                if (last == null || e.kind() != Kind.TIMEOUT) {
                    last = e;
                }
                if (connectEnd.left().isZero()) {
                    break;
                }
            }
        }
        throw last;
    }

    /**
     * On a thread of its own, which nobody interrupts: an interrupt at the wrong moment makes the library forget the socket of a
     * connection that is coming up. One that comes up after its caller has gone is closed.
     */
    private ClientSession open(SshTarget target, InetAddress address, HostKeyCheck check, Deadline end)
            throws SshException, InterruptedException {
        CompletableFuture<ClientSession> session = new CompletableFuture<>();
        Thread thread = new Thread(() -> begin(target, address, check, session), "SSH connect: " + target.host());
        thread.setDaemon(true);
        thread.start();
        boolean taken = false;
        try {
            ClientSession made = session.get(end.leftAtMost(timeouts.connect()).toMillis(), TimeUnit.MILLISECONDS);
            taken = true;
            return made;
        } catch (TimeoutException e) {
            throw unreachable(target, null);
        } catch (ExecutionException e) {
            throw unreachable(target, e.getCause());
        } finally {
            if (!taken && !session.cancel(false) && !session.isCompletedExceptionally()) {
                session.join().close(true);
            }
        }
    }

    private void begin(
            SshTarget target, InetAddress address, HostKeyCheck check, CompletableFuture<ClientSession> session) {
        try {
            client.connect(target.user(), new InetSocketAddress(address, target.port()), check.asContext())
                    .addListener(done -> {
                        if (!done.isConnected()) {
                            Throwable why = done.getException();
                            session.completeExceptionally(why == null ? new IOException("the connector ended") : why);
                        } else if (!session.complete(done.getClientSession())) {
                            done.getClientSession().close(true);
                        }
                    });
        } catch (IOException | RuntimeException e) {
            session.completeExceptionally(e);
        }
    }

    /** The look-up has a thread of its own, since it cannot be interrupted and knows no time-out. */
    private static InetAddress[] addresses(SshTarget target, Deadline end) throws SshException, InterruptedException {
        FutureTask<InetAddress[]> lookUp = new FutureTask<>(() -> InetAddress.getAllByName(target.host()));
        Thread thread = new Thread(lookUp, "Name look-up: " + target.host());
        thread.setDaemon(true);
        thread.start();
        try {
            return lookUp.get(end.left().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SshException(
                    Kind.UNREACHABLE, "The address of " + target.host() + " could not be looked up in time.", e);
        } catch (ExecutionException e) {
            String what = e.getCause() instanceof UnknownHostException
                    ? "No address is known for the host " + target.host() + ". Check its name and the name servers."
                    : "The address of " + target.host() + " could not be looked up: " + e.getCause();
            throw new SshException(Kind.UNREACHABLE, what, e.getCause());
        }
    }

    private void logIn(SshTarget target, ClientSession session, KeyPair key, HostKeyCheck check, Deadline end)
            throws SshException, InterruptedException {
        if (target.login() instanceof SshLogin.Password login) {
            session.addPasswordIdentity(login.password());
            session.setUserAuthFactories(
                    List.of(UserAuthPasswordFactory.INSTANCE, UserAuthKeyboardInteractiveFactory.INSTANCE));
        } else {
            session.addPublicKeyIdentity(key);
            // Signatures of its own, since those of the connection are ordered for the host's key.
            session.setUserAuthFactories(List.of(new UserAuthPublicKeyFactory(client.signatures())));
        }
        AuthFuture future;
        boolean inTime;
        try {
            future = session.auth();
            inTime = future.await(end.leftAtMost(timeouts.authentication()));
        } catch (InterruptedIOException e) {
            throw interrupted(e);
        } catch (IOException | RuntimeException e) {
            throw notLoggedIn(target, check, key, e).of(software(session));
        }
        if (!inTime) {
            throw new SshException(
                    Kind.TIMEOUT, where(target) + " took the connection but did not finish the log-in in time.", null);
        }
        if (!future.isSuccess()) {
            throw notLoggedIn(target, check, key, future.getException()).of(software(session));
        }
    }

    /** Without the protocol's version before it. */
    @CheckForNull
    private static String software(ClientSession session) {
        String said = session.getServerVersion();
        if (said == null) {
            return null;
        }
        String plain = said.replaceFirst("^SSH-[^-]*-", "").replaceAll("[^ -~]", "?");
        return plain.length() > 100 ? plain.substring(0, 100) : plain;
    }

    private static SshException notLoggedIn(SshTarget target, HostKeyCheck check, KeyPair key, Throwable cause) {
        SshException hostKey = check.error();
        if (hostKey != null) {
            return hostKey;
        }
        String why = cause == null ? "no reason given" : String.valueOf(cause.getMessage());
        if (!check.passed() && check.disagreement() != null) {
            return new SshException(
                    Kind.BROKEN,
                    where(target) + " and this side have " + check.disagreement()
                            + ". One of the first must be allowed in the host's sshd_config.",
                    cause);
        }
        if (!check.passed()) {
            return new SshException(
                    Kind.BROKEN, "The connection to " + where(target) + " ended before the log-in: " + why, cause);
        }
        if (!isRefusal(cause, why)) {
            return new SshException(
                    Kind.BROKEN, "The connection to " + where(target) + " was cut during the log-in: " + why, cause);
        }
        if (key == null) {
            return new SshException(
                    Kind.AUTHENTICATION,
                    where(target) + " refused the password of the account \"" + target.user() + "\".",
                    cause);
        }
        String line = SshKeys.line(key.getPublic());
        return new SshException(
                Kind.AUTHENTICATION,
                where(target) + " refused the account \"" + target.user() + "\" with the " + target.login()
                        + ". Check the account's name, or add this public key to it: " + line,
                cause);
    }

    private static boolean isRefusal(Throwable cause, String why) {
        return cause instanceof org.apache.sshd.common.SshException e
                        && e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE
                || why.contains("No more authentication methods")
                || why.contains("oo many authentication failures");
    }

    private static SshException unreachable(SshTarget target, Throwable cause) {
        if (cause == null) {
            return new SshException(
                    Kind.TIMEOUT,
                    where(target) + " did not answer in time. Check the address, the port and the firewalls between.",
                    null);
        }
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return new SshException(
                Kind.UNREACHABLE, "Cannot connect to " + where(target) + ": " + root.getMessage() + ".", cause);
    }

    static InterruptedException interrupted(InterruptedIOException e) {
        InterruptedException plain = new InterruptedException("interrupted while waiting for an SSH server");
        plain.initCause(e);
        return plain;
    }

    static String where(SshTarget target) {
        return target.host() + ":" + target.port();
    }

    /** Cuts every connection of this connector and ends its threads; waits for no other side. */
    @Override
    public void close() {
        client.close();
    }
}
