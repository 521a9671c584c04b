package io.jenkins.plugins.metapluginci;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.scheduler.Scheduler;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.web.NodeDesk;
import io.jenkins.plugins.metapluginci.web.WebRoom;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the pages see of the engine and ask of it. Safe for any thread. */
final class WebLink implements WebRoom.Engine {
    private final Scheduler scheduler;
    private final Function<SchedulerView, List<String>> problems;
    private final Supplier<String> reload;

    @CheckForNull
    private final NodeDesk nodes;

    /**
     * @param problems what somebody should look at, in a view of the scheduler and everywhere else
     * @param reload reads the layout again and takes it if it is valid; gives null then, else what is wrong
     * @param nodes null when their records could not be read
     */
    WebLink(
            Scheduler scheduler,
            Function<SchedulerView, List<String>> problems,
            Supplier<String> reload,
            @CheckForNull NodeDesk nodes) {
        this.scheduler = scheduler;
        this.problems = problems;
        this.reload = reload;
        this.nodes = nodes;
    }

    @Override
    @CheckForNull
    public NodeDesk nodes() {
        return nodes;
    }

    @Override
    public SchedulerView view() {
        return scheduler.view();
    }

    @Override
    public List<String> problems(SchedulerView view) {
        return problems.apply(view);
    }

    @Override
    public CompletableFuture<String> reload() {
        return CompletableFuture.completedFuture(reload.get());
    }

    @Override
    public CompletableFuture<String> enqueue(String pipeline, String project, int number, int patchset) {
        return scheduler.enqueue(pipeline, project, number, patchset);
    }

    @Override
    public CompletableFuture<String> dequeue(String pipeline, String change) {
        return scheduler.dequeue(pipeline, change);
    }

    @Override
    public CompletableFuture<String> promote(String pipeline, List<String> changes) {
        return scheduler.promote(pipeline, changes);
    }

    @Override
    public CompletableFuture<String> forgetUnvoted() {
        scheduler.forgetUnvoted();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<String> retryLogs(String id) {
        return CompletableFuture.completedFuture(LogRoom.publisher().retry(id));
    }

    @Override
    public CompletableFuture<String> giveUpLogs(String id) {
        return CompletableFuture.completedFuture(LogRoom.publisher().giveUp(id));
    }

    @Override
    public CompletableFuture<String> enqueueMissed(Collection<String> keys) {
        return scheduler.takeLater(keys);
    }
}
