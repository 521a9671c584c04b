package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.gerrit.GerritRefUpdate;
import io.jenkins.plugins.metapluginci.layout.Account;
import io.jenkins.plugins.metapluginci.layout.TriggerEvent;
import io.jenkins.plugins.metapluginci.layout.Vote;
import java.util.List;

/** Gerrit's events as a layout's filters see them. */
final class Triggers {
    private Triggers() {}

    static TriggerEvent of(GerritEvent event) {
        GerritChange change = event.change();
        GerritPatchSet patchSet = event.patchSet();
        GerritRefUpdate update = event.refUpdate();
        List<Vote> votes = event.approvals().stream()
                .filter(approval -> approval.category() != null)
                .map(approval -> new Vote(approval.category(), approval.value()))
                .toList();
        return new TriggerEvent(
                event.type(),
                event.project(),
                change == null ? null : change.branch(),
                update == null ? null : update.ref(),
                update == null ? null : update.oldRevision(),
                update == null ? null : update.newRevision(),
                change == null ? 0 : change.number(),
                patchSet == null ? 0 : patchSet.number(),
                event.type().equals("comment-added") ? event.comment() : null,
                event.hasAccount() ? account(event.account()) : null,
                votes);
    }

    private static Account account(GerritAccount account) {
        return new Account(orNull(account.name()), orNull(account.email()), orNull(account.username()));
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
