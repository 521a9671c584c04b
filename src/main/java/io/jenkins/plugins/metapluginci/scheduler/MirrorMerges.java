package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.layout.MergeMode;
import io.jenkins.plugins.metapluginci.merger.MergeItem;
import io.jenkins.plugins.metapluginci.merger.MergeRequest;
import io.jenkins.plugins.metapluginci.merger.MergeResult;
import io.jenkins.plugins.metapluginci.merger.Merger;
import java.util.Collection;
import java.util.function.Consumer;

/** The merger, as the scheduler asks it. */
public final class MirrorMerges implements MergeService {
    private final Merger merger;

    public MirrorMerges(Merger merger) {
        this.merger = merger;
    }

    @Override
    public void merge(Request request, Consumer<Result> result) {
        MergeRequest wanted = new MergeRequest(
                request.uuid(), request.steps().stream().map(MirrorMerges::item).toList());
        merger.merge(wanted)
                .whenComplete((merged, problem) ->
                        result.accept(problem == null ? result(merged) : new Failed(problem.toString())));
    }

    private static MergeItem item(Step step) {
        Change change = step.change();
        return new MergeItem(
                change.project(),
                change.branch(),
                change.number(),
                change.patchset(),
                change.ref(),
                change.revision(),
                mode(step.mode()));
    }

    private static MergeItem.Mode mode(MergeMode mode) {
        return switch (mode) {
            case MERGE -> MergeItem.Mode.MERGE;
            case MERGE_RESOLVE -> MergeItem.Mode.MERGE_RESOLVE;
            case CHERRY_PICK -> MergeItem.Mode.CHERRY_PICK;
        };
    }

    private static Result result(MergeResult result) {
        if (result instanceof MergeResult.Merged merged) {
            return new Merged(merged.zuulRef(), merged.commit());
        } else if (result instanceof MergeResult.Conflict conflict) {
            return new Conflict(conflict.item().id() + " of " + conflict.item().project() + ": " + conflict.detail());
        } else if (result instanceof MergeResult.Unmergeable unmergeable) {
            return new Unmergeable(
                    unmergeable.item().id() + " of " + unmergeable.item().project() + ": " + unmergeable.reason());
        }
        return new Failed(((MergeResult.Failed) result).reason());
    }

    @Override
    public void update(Change ref, Consumer<Result> result) {
        merger.update(ref.project())
                .whenComplete((done, problem) -> result.accept(
                        problem == null
                                ? new Merged(ref.ref(), String.valueOf(ref.revision()))
                                : new Failed(String.valueOf(problem.getMessage()))));
    }

    @Override
    public void forget(String uuid) {
        merger.forget(uuid);
    }

    @Override
    public void keepOnly(Collection<String> uuids) {
        merger.keepOnly(uuids);
    }
}
