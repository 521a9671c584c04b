package io.jenkins.plugins.metapluginci;

import io.jenkins.plugins.metapluginci.scheduler.Change;
import io.jenkins.plugins.metapluginci.scheduler.MergeService;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** For nodes that fetch from Gerrit: the patchset itself is tested, merged with nothing. */
final class PatchSetsAsTheyAre implements MergeService {
    @Override
    public void merge(Request request, Consumer<Result> result) {
        List<Step> steps = request.steps();
        update(steps.get(steps.size() - 1).change(), result);
    }

    @Override
    public void update(Change ref, Consumer<Result> result) {
        String revision = ref.revision();
        result.accept(new Merged(ref.ref(), revision == null ? "" : revision));
    }

    @Override
    public void forget(String uuid) {}

    @Override
    public void keepOnly(Collection<String> uuids) {}
}
