package io.jenkins.plugins.metapluginci.job;

import hudson.Util;
import hudson.model.Failure;
import io.jenkins.plugins.metapluginci.job.gate.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jvnet.localizer.ResourceBundleHolder;
import org.kohsuke.stapler.StaplerRequest;

/**
 * Reads the settings from a job's form: from its plain parameters, since the JSON library of the core changes text that looks
 * like JSON ({@code [ -e file ]}, {@code "quoted"}) (core-notes R12).
 */
final class SettingsForm {
    private static final String PREFIX = "gate.";
    private static final ResourceBundleHolder FIELDS = ResourceBundleHolder.get(Messages.class);

    private final StaplerRequest req;

    SettingsForm(StaplerRequest req) {
        this.req = req;
    }

    /**
     * The settings after the form was sent; what the form does not show (a script's, say) is left as it is.
     *
     * @throws Failure naming every value that cannot be used
     */
    GateSettings read(GateSettings before) {
        GateSettings.Draft draft = before.draft();
        for (String field : GateSettings.Draft.TEXTS) {
            String text = req.getParameter(PREFIX + field);
            if (text != null) {
                draft.text(field, text);
            }
        }
        // An empty box and a table without rows send nothing at all: the form says whether it shows them.
        boolean whole = req.getParameter(PREFIX + "shown") != null;
        if (whole || req.getParameter(PREFIX + "concurrent") != null) {
            draft.concurrent(req.getParameter(PREFIX + "concurrent") != null);
        }
        if (whole || req.getParameter(PREFIX + "name") != null) {
            draft.environment(rows("environment", "name", "value", EnvironmentVariable::new));
        }
        if (whole || req.getParameter(PREFIX + "path") != null) {
            draft.files(rows("files", "path", "content", ThirdPartyFile::new));
        }
        GateSettings changed = draft.settings();
        List<Problem> problems = changed.checkWithBash();
        if (!problems.isEmpty()) {
            throw refusal(problems);
        }
        return changed;
    }

    /** Both cores show it on the page that they show for any bad form; only this way it may have several lines. */
    private static Failure refusal(List<Problem> problems) {
        StringBuilder text = new StringBuilder(Messages.GateSettings_Problems(problems.size()));
        text.append(' ').append(Messages.GateSettings_Nothing()).append("\n\n");
        for (Problem problem : problems) {
            text.append(FIELDS.format("Field." + problem.field()))
                    .append(": ")
                    .append(problem.message())
                    .append('\n');
        }
        return new Failure(text.toString(), true);
    }

    private <T> List<T> rows(String field, String first, String second, BiFunction<String, String, T> row) {
        String[] firsts = values(first);
        String[] seconds = values(second);
        if (firsts.length != seconds.length) {
            throw refusal(List.of(new Problem(field, Messages.SettingsForm_Rows())));
        }
        List<T> rows = new ArrayList<>();
        for (int i = 0; i < firsts.length; i++) {
            rows.add(row.apply(Util.fixNull(firsts[i]), Util.fixNull(seconds[i])));
        }
        return rows;
    }

    private String[] values(String name) {
        String[] values = req.getParameterValues(PREFIX + name);
        return values == null ? new String[0] : values;
    }
}
