package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.Ahead;
import io.jenkins.plugins.metapluginci.gerrit.ChangeLookup;
import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.gerrit.LookedUpChange;
import io.jenkins.plugins.metapluginci.gerrit.PatchSetApproval;
import io.jenkins.plugins.metapluginci.layout.Account;
import io.jenkins.plugins.metapluginci.layout.Approval;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Asks Gerrit about changes, a few at a time, on threads of its own. */
public final class GerritChanges implements ChangeSource, AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(GerritChanges.class.getName());
    /** Gerrit lets an account run a handful of commands at a time. */
    private static final int AT_ONCE = 3;

    private final ChangeLookup gerrit;
    private final ThreadPoolExecutor threads;

    public GerritChanges(ChangeLookup gerrit) {
        this.gerrit = gerrit;
        AtomicInteger count = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(AT_ONCE, AT_ONCE, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread made = new Thread(task, "Metaplugin CI changes " + count.incrementAndGet());
                    made.setDaemon(true);
                    made.setContextClassLoader(GerritChanges.class.getClassLoader());
                    return made;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void look(int number, int patchset, Consumer<Answer> answer) {
        try {
            threads.execute(() -> answer.accept(look(number, patchset)));
        } catch (RejectedExecutionException e) {
            answer.accept(new Failed("The plugin stops."));
        }
    }

    private Answer look(int number, int patchset) {
        long asked = System.nanoTime();
        try {
            LookedUpChange found = gerrit.look(number, patchset);
            LOGGER.log(Level.FINE, "Gerrit told of change {0} after {1} ms", new Object[] {
                String.valueOf(number), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked)
            });
            return found == null ? new Missing() : found(found);
        } catch (IOException e) {
            return new Failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failed("The plugin stops.");
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot make sense of change " + number, e);
            return new Failed(e.toString());
        }
    }

    static Found found(LookedUpChange found) {
        GerritChange change = found.change();
        List<Approval> approvals = found.approvals().stream()
                .filter(approval -> approval.category() != null)
                .map(GerritChanges::approval)
                .toList();
        ChangeState state = new ChangeState(
                change.project(),
                change.branch(),
                change.number(),
                found.patchSet().number(),
                found.current(),
                found.open(),
                change.status(),
                approvals,
                found.files());
        ChangeDetails details = new ChangeDetails(
                change.changeId(),
                change.topic(),
                person(change.owner()),
                person(found.patchSet().uploader()),
                found.commitMessage(),
                change.workInProgress(),
                change.isPrivate());
        List<Change> ahead = found.ahead().stream().map(GerritChanges::ahead).toList();
        return new Found(change(change, found.patchSet()), state, ahead, found.cycle(), details);
    }

    private static Approval approval(PatchSetApproval approval) {
        GerritAccount by = approval.by();
        return new Approval(
                String.valueOf(approval.category()),
                approval.value(),
                approval.grantedOn(),
                new Account(orNull(by.name()), orNull(by.email()), orNull(by.username())));
    }

    private static Change ahead(Ahead ahead) {
        return change(ahead.change(), ahead.patchSet());
    }

    private static Change change(GerritChange change, GerritPatchSet patchSet) {
        return new Change(
                change.project(),
                change.branch(),
                change.number(),
                patchSet.number(),
                patchSet.ref(),
                orNull(patchSet.revision()),
                orNull(change.url()),
                change.subject());
    }

    private static Person person(GerritAccount account) {
        return new Person(account.name(), account.email(), account.username());
    }

    @CheckForNull
    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Questions that wait are given up; their events are found again by the next start. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
