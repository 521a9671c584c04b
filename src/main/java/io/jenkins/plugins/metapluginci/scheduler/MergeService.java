package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.layout.MergeMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Merges changes onto their branches for the scheduler. Called from the scheduler's thread; every method returns at once. */
public interface MergeService {
    /**
     * Makes the commit that is tested and the ref {@code refs/zuul/BRANCH/Z<uuid>} that nodes fetch.
     *
     * @param request one that was asked for before, by this process or an earlier one, gets the same ref again
     * @param result called once, on any thread
     */
    void merge(Request request, Consumer<Result> result);

    /** Brings the mirror of a project up to date, for an updated ref. @param result Merged with what was asked for, or Failed */
    void update(Change ref, Consumer<Result> result);

    /** An item is done: its refs go. */
    void forget(String uuid);

    /**
     * At start: refs of all other items go. Whichever of these are not there any more are told to
     * {@link Scheduler#mergesLost}, now and whenever a mirror had to be made anew.
     *
     * @param kept the uuids of all items, each with the projects in which it has a ref
     */
    void keepOnly(Map<String, Set<String>> kept);

    /**
     * What is to be merged.
     *
     * @param uuid of the item, 32 hexadecimal digits
     * @param steps oldest first, the tested change last
     */
    record Request(String uuid, List<Step> steps) {
        public Request {
            steps = List.copyOf(steps);
        }
    }

    /** One change of a request, and how its project is merged. */
    record Step(Change change, MergeMode mode) {}

    /** What came of it. */
    sealed interface Result permits Merged, Conflict, Unmergeable, Failed {}

    /** @param ref what nodes fetch @param commit its commit */
    record Merged(String ref, String commit) implements Result {}

    /** The change or one that it needs does not go together with the branch: its own fault. @param detail for people */
    record Conflict(String detail) implements Result {}

    /** It can never be merged, and that is not the change's fault: its branch is gone, say. @param reason for people */
    record Unmergeable(String reason) implements Result {}

    /** Network or disk: to be tried again. @param reason for people */
    record Failed(String reason) implements Result {}
}
