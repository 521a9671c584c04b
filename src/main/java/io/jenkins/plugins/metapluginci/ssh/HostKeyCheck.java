package io.jenkins.plugins.metapluginci.ssh;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * The check of one connection's host key; it travels as an attribute of that connection, since the client and its verifier
 * are shared by all. Written by the library's threads, read by the connecting one: the fields are volatile.
 */
final class HostKeyCheck {
    static final AttributeKey<HostKeyCheck> ATTRIBUTE = new AttributeKey<>();
    /** Asks the connection's own check; a connection without one is never ours and is refused. */
    static final ServerKeyVerifier VERIFIER = HostKeyCheck::verify;
    /** Puts the algorithms of the configured keys first in each key exchange. */
    static final SessionListener ORDER = new SessionListener() {
        @Override
        public void sessionNegotiationOptionsCreated(Session session, Map<KexProposalOption, String> proposal) {
            HostKeyCheck check = of((ClientSession) session);
            if (check != null) {
                proposal.computeIfPresent(KexProposalOption.SERVERKEYS, (option, all) -> check.order(all));
            }
        }

        @Override
        public void sessionNegotiationStart(
                Session session, Map<KexProposalOption, String> ours, Map<KexProposalOption, String> theirs) {
            HostKeyCheck check = of((ClientSession) session);
            if (check != null) {
                check.disagreement = disagreement(ours, theirs);
            }
        }
    };
    /** A server's list is its own words. */
    private static final int MAX_LIST = 1000;

    private final SshTarget target;
    private final HostKeyList accepted;
    private volatile PublicKey refused;
    private volatile boolean passed;
    private volatile String disagreement;

    HostKeyCheck(SshTarget target, HostKeyList accepted) {
        this.target = target;
        this.accepted = accepted;
    }

    AttributeRepository asContext() {
        return AttributeRepository.ofKeyValuePair(ATTRIBUTE, this);
    }

    @CheckForNull
    private static HostKeyCheck of(ClientSession session) {
        AttributeRepository context = session.getConnectionContext();
        return context == null ? null : context.getAttribute(ATTRIBUTE);
    }

    private static boolean verify(ClientSession session, SocketAddress address, PublicKey key) {
        HostKeyCheck check = of(session);
        return check != null && check.verify(key);
    }

    private boolean verify(PublicKey key) {
        if (accepted.accepts(target.host(), target.port(), SshKeys.encode(key))) {
            passed = true;
            return true;
        }
        refused = key;
        return false;
    }

    private String order(String supported) {
        Set<String> known = new LinkedHashSet<>(Arrays.asList(supported.split(",")));
        return String.join(",", accepted.algorithms(target.host(), target.port(), known));
    }

    /** What both sides have nothing in common of, with both lists; null when they agree. */
    @CheckForNull
    private static String disagreement(Map<KexProposalOption, String> ours, Map<KexProposalOption, String> theirs) {
        for (KexProposalOption option : KexProposalOption.VALUES) {
            String mine = ours.get(option);
            String its = theirs.get(option);
            boolean optional = option == KexProposalOption.C2SLANG || option == KexProposalOption.S2CLANG;
            if (!optional && mine != null && its != null) {
                Set<String> common = new LinkedHashSet<>(Arrays.asList(mine.split(",")));
                common.retainAll(Arrays.asList(its.split(",")));
                if (common.isEmpty()) {
                    String list = its.length() > MAX_LIST ? its.substring(0, MAX_LIST) + "..." : its;
                    return "no " + option.getDescription() + " in common: this side offers " + mine
                            + "; the host offers " + list.replaceAll("[^ -~]", "?");
                }
            }
        }
        return null;
    }

    /** Which algorithms the two sides could not agree on, for people; null when they did. */
    @CheckForNull
    String disagreement() {
        return disagreement;
    }

    /** Whether the host proved itself: what fails after that is not about its key. */
    boolean passed() {
        return passed;
    }

    /** The error of a refused key, or null when none was refused. */
    @CheckForNull
    SshException error() {
        PublicKey shown = refused;
        if (shown == null) {
            return null;
        }
        String line = SshKeys.line(shown);
        String type = line.substring(0, line.indexOf(' '));
        List<String> expected = accepted.fingerprints(target.host(), target.port());
        String why;
        if (accepted.isEmpty()) {
            why = "no host key is configured for it";
        } else if (expected.isEmpty()) {
            why = "the configured known_hosts lines are all for other hosts";
        } else {
            why = "the configured keys are others (" + String.join(", ", expected)
                    + "): either its key was replaced, or something else answers in its place";
        }
        return new SshException(
                SshException.Kind.HOST_KEY,
                target.host() + ":" + target.port() + " showed a host key that is not accepted, " + type + " "
                        + SshKeys.fingerprint(SshKeys.encode(shown)) + ": " + why
                        + ". If its operator confirms that fingerprint, put this line into its host keys: " + line,
                null);
    }
}
