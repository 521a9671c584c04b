package io.jenkins.plugins.metapluginci.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jvnet.localizer.ResourceBundleHolder;

/** One thing that is wrong with a form, told with the labels of the page. Immutable; public for the page's Jelly. */
public final class FormProblem {
    /** The fields as the page has them, top down. Each has a label in {@code Messages.properties}. */
    static final List<String> FIELDS = fields();

    private static final String MORE_LOG_SERVERS = "moreLogServers";
    private static final String LAST_OF_FIRST_LOG_SERVER = "logServerRetentionGigabytes";

    private static List<String> fields() {
        List<String> names = new ArrayList<>();
        FormFields.TEXTS.forEach(field -> names.add(field.name()));
        names.add(names.indexOf("logServerKeyFile") + 1, "logServerPassword");
        return List.copyOf(names);
    }

    private final String field;
    private final String label;
    private final String text;

    private FormProblem(String field, String label, String text) {
        this.field = field;
        this.label = label;
        this.text = text;
    }

    static FormProblem of(String field, String text) {
        return new FormProblem(field, label(field), text);
    }

    /** Of a row of log servers after the first. @param number of the server on the page, the first is 1 */
    static FormProblem ofLogServer(int number, String field, String text) {
        String label = label(field);
        return new FormProblem(
                MORE_LOG_SERVERS + "[" + (number - 2) + "]." + field,
                Messages.FormProblem_logServer(number, label.substring(label.indexOf(": ") + 2)),
                text);
    }

    /** Where a field is on the page: rows come behind the first log server. */
    private static int position(String field) {
        return field.startsWith(MORE_LOG_SERVERS) ? FIELDS.indexOf(LAST_OF_FIRST_LOG_SERVER) : FIELDS.indexOf(field);
    }

    private static String label(String field) {
        return ResourceBundleHolder.get(Messages.class).format("FormProblem.label." + field);
    }

    /** Those of one field stay in the order they were found. */
    static List<FormProblem> inOrderOfThePage(List<FormProblem> problems) {
        return problems.stream()
                .sorted(Comparator.comparingInt(problem -> position(problem.field)))
                .toList();
    }

    /** The name of the field in the form. */
    public String getField() {
        return field;
    }

    /** Where it is on the page, for people. */
    public String getLabel() {
        return label;
    }

    /** What is wrong, for people. */
    public String getText() {
        return text;
    }

    @Override
    public String toString() {
        return label + ": " + text;
    }
}
