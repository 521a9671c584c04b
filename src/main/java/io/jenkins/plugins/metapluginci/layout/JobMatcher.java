package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * Which changes a job is for: its branch, files and skip-if (changeMatches of model.py and change_matcher.py of Zuul
 * 2.5.2). A list that is empty does not restrict.
 *
 * @param branches one of which matches the change's branch, or the name of the updated ref
 * @param files one of which matches one of the change's files
 * @param skipIf none of which may match
 */
public record JobMatcher(List<PythonPattern> branches, List<PythonPattern> files, List<SkipIf> skipIf) {
    /** For a job that is for all changes. */
    public static final JobMatcher ALWAYS = new JobMatcher(List.of(), List.of(), List.of());

    static final String COMMIT_MESSAGE = "/COMMIT_MSG";

    public JobMatcher {
        branches = List.copyOf(branches);
        files = List.copyOf(files);
        skipIf = List.copyOf(skipIf);
    }

    /** Whether the job runs for this change. */
    public boolean matches(ChangeState change) {
        return (branches.isEmpty() || anyMatches(branches, change.branch()))
                && (files.isEmpty() || change.files().stream().anyMatch(file -> anyMatches(files, file)))
                && skipIf.stream().noneMatch(each -> each.matches(change));
    }

    private static boolean anyMatches(List<PythonPattern> patterns, @CheckForNull String text) {
        return text != null && patterns.stream().anyMatch(pattern -> pattern.match(text));
    }

    /**
     * One entry of skip-if; all its parts must match. As in Zuul, one without parts matches every change.
     *
     * @param project null for any
     * @param branch null for any
     * @param allFilesMatchAny empty for any files; else each file of the change matches one of these or is the commit
     *     message, and there is more than one file (a merge commit has the commit message only, which says nothing)
     */
    public record SkipIf(
            @CheckForNull PythonPattern project,
            @CheckForNull PythonPattern branch,
            List<PythonPattern> allFilesMatchAny) {

        public SkipIf {
            allFilesMatchAny = List.copyOf(allFilesMatchAny);
        }

        boolean matches(ChangeState change) {
            return (project == null || anyMatches(List.of(project), change.project()))
                    && (branch == null || anyMatches(List.of(branch), change.branch()))
                    && (allFilesMatchAny.isEmpty()
                            || change.files().size() > 1
                                    && change.files().stream().allMatch(this::skipped));
        }

        private boolean skipped(String file) {
            return COMMIT_MESSAGE.equals(file)
                    || (COMMIT_MESSAGE + "\n").equals(file)
                    || anyMatches(allFilesMatchAny, file);
        }
    }
}
