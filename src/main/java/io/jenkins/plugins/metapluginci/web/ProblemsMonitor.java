package io.jenkins.plugins.metapluginci.web;

import hudson.Extension;
import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.Notice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Tells administrators, on the Manage page, what keeps changes from being tested or voted on: each problem by its name, and the
 * reports that went out without their vote, with the cause. Goes away with the problems.
 */
@Extension
public final class ProblemsMonitor extends AdministrativeMonitor {
    private static final int MAX = 20;
    private static final long KEPT_NANOS = 2_000_000_000L;

    /** What was last found, and when by {@link System#nanoTime}; guarded by {@code this}. */
    private List<String> found;

    private boolean unvoted;

    private long foundAt;

    @Override
    public String getDisplayName() {
        return Messages.ProblemsMonitor_DisplayName();
    }

    /** Current Jenkins asks for every page of an administrator, so what was found is kept for some seconds. */
    @Override
    public boolean isActivated() {
        return !getProblems().isEmpty();
    }

    /** At most {@value #MAX}, for people; holds texts of strangers. */
    public synchronized List<String> getProblems() {
        long now = System.nanoTime();
        if (found == null || now - foundAt > KEPT_NANOS) {
            look();
            foundAt = now;
        }
        return found;
    }

    private void look() {
        WebRoom.Engine engine = WebRoom.engine();
        SchedulerView view = engine == null ? null : engine.view();
        found = view == null ? List.of() : List.copyOf(problems(engine.problems(view), view));
        unvoted = view != null && !view.unvoted().isEmpty();
    }

    /** Whether some of them are reports without a vote, which a person may say to have seen. */
    public synchronized boolean isUnvoted() {
        return !getProblems().isEmpty() && unvoted;
    }

    /** The problems of the whole and of single reports, bounded. */
    static List<String> problems(Collection<String> general, SchedulerView view) {
        List<String> all = new ArrayList<>(general);
        for (Notice notice : view.unvoted()) {
            all.add(Messages.ProblemsMonitor_Unvoted(
                    notice.project(), notice.change(), notice.pipeline(), cause(notice)));
        }
        for (Notice notice : view.refused()) {
            all.add(Messages.ProblemsMonitor_Refused(
                    notice.project(), notice.change(), notice.pipeline(), cause(notice)));
        }
        if (all.size() <= MAX) {
            return all;
        }
        List<String> first = new ArrayList<>(all.subList(0, MAX - 1));
        first.add(Messages.ProblemsMonitor_More(all.size() - first.size()));
        return first;
    }

    private static String cause(Notice notice) {
        return notice.cause().isBlank() ? "?" : notice.cause();
    }
}
