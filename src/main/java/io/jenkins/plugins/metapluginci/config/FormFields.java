package io.jenkins.plugins.metapluginci.config;

import io.jenkins.plugins.metapluginci.logs.LogField;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.node.NodeField;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The fields of the form, each with its way to and from the settings and its check. The password is none of them. */
final class FormFields {
    private FormFields() {}

    /**
     * A field of text.
     *
     * @param name in the form and in the labels of {@code Messages.properties}
     * @param check gives a problem for people, or null
     */
    record Text(
            String name,
            Function<MetapluginCiSettings, String> get,
            BiConsumer<MetapluginCiSettings, String> set,
            UnaryOperator<String> check) {}

    /** A check box. */
    record Flag(String name, Predicate<MetapluginCiSettings> get, BiConsumer<MetapluginCiSettings, Boolean> set) {}

    static final String LAYOUT = "layout";

    private static final List<Text> FIRST = List.of(
            new Text("gerritHost", s -> s.gerritHost, (s, v) -> s.gerritHost = v, Checks::host),
            number("gerritPort", s -> s.gerritPort, (s, v) -> s.gerritPort = v, Checks::port),
            new Text("gerritUser", s -> s.gerritUser, (s, v) -> s.gerritUser = v, Checks::user),
            new Text("gerritKeyFile", s -> s.gerritKeyFile, (s, v) -> s.gerritKeyFile = v, Checks::keyFile),
            new Text("gerritHostKeys", s -> s.gerritHostKeys, (s, v) -> s.gerritHostKeys = v, Checks::hostKeys),
            new Text("connectionName", s -> s.connectionName, (s, v) -> s.connectionName = v, Checks::connection),
            number("catchUpHours", s -> s.catchUpHours(), (s, v) -> s.catchUpHours = v, Checks::catchUpHours),
            new Text("layoutFile", s -> s.layoutFile, (s, v) -> s.layoutFile = v, Checks::keyFile),
            new Text(LAYOUT, s -> s.layout, (s, v) -> s.layout = v, v -> null),
            new Text("gitName", s -> s.gitName, (s, v) -> s.gitName = v, Checks::gitPerson),
            new Text("gitEmail", s -> s.gitEmail, (s, v) -> s.gitEmail = v, Checks::gitPerson),
            new Text("gitAddress", s -> s.gitAddress, (s, v) -> s.gitAddress = v, Checks::host),
            number("gitPort", s -> s.gitPort, (s, v) -> s.gitPort = v, Checks::port),
            new Text("logServerName", s -> s.logServerName, (s, v) -> s.logServerName = v, LogServer::nameProblem),
            new Text("logServerHost", s -> s.logServerHost, (s, v) -> s.logServerHost = v, Checks::host),
            number("logServerPort", s -> s.logServerPort, (s, v) -> s.logServerPort = v, Checks::port),
            new Text("logServerUser", s -> s.logServerUser, (s, v) -> s.logServerUser = v, Checks::user),
            new Text("logServerKeyFile", s -> s.logServerKeyFile, (s, v) -> s.logServerKeyFile = v, Checks::keyFile),
            new Text(
                    "logServerHostKeys", s -> s.logServerHostKeys, (s, v) -> s.logServerHostKeys = v, Checks::hostKeys),
            new Text("logServerRoot", s -> s.logServerRoot, (s, v) -> s.logServerRoot = v, Checks::directory),
            new Text("logServerUrl", s -> s.logServerUrl, (s, v) -> s.logServerUrl = v, Checks::webUrl),
            new Text(
                    "logServerProtocol", s -> s.logServerProtocol, (s, v) -> s.logServerProtocol = v, Checks::protocol),
            number(
                    "logServerRetentionDays",
                    s -> s.logServerRetentionDays,
                    (s, v) -> s.logServerRetentionDays = v,
                    Checks::retention),
            number(
                    "logServerRetentionGigabytes",
                    s -> s.logServerRetentionGigabytes,
                    (s, v) -> s.logServerRetentionGigabytes = v,
                    Checks::retention),
            new Text("controllerUrl", s -> s.controllerUrl, (s, v) -> s.controllerUrl = v, Checks::webUrl),
            new Text("gitUrl", s -> s.gitUrl, (s, v) -> s.gitUrl = v, Checks::gitUrl),
            new Text("urlPattern", s -> s.urlPattern, (s, v) -> s.urlPattern = v, Checks::urlPattern),
            new Text("statusUrl", s -> s.statusUrl, (s, v) -> s.statusUrl = v, Checks::webUrl),
            new Text("footer", s -> s.footer, (s, v) -> s.footer = v, Checks::footer));

    /** In the order of the page. */
    static final List<Text> TEXTS = Stream.of(
                    FIRST.stream(),
                    logFields(false).map(FormFields::text),
                    nodeFields(false).map(FormFields::text))
            .flatMap(each -> each)
            .toList();

    private static final List<Flag> FIRST_FLAGS = List.of(
            new Flag("takeEvents", MetapluginCiSettings::takesEvents, (s, v) -> s.takeEvents = v),
            new Flag("silent", MetapluginCiSettings::silent, (s, v) -> s.silent = v),
            new Flag("jobNameInReport", MetapluginCiSettings::jobNameInReport, (s, v) -> s.jobNameInReport = v),
            new Flag("reportTimes", MetapluginCiSettings::reportTimes, (s, v) -> s.reportTimes = v));

    static final List<Flag> FLAGS = Stream.of(
                    FIRST_FLAGS.stream(),
                    logFields(true).map(FormFields::flag),
                    nodeFields(true).map(FormFields::flag))
            .flatMap(each -> each)
            .toList();

    private static Stream<LogField> logFields(boolean flags) {
        return Stream.of(LogField.values()).filter(field -> field.isFlag() == flags);
    }

    private static Text text(LogField field) {
        return new Text(field.key(), s -> s.log(field), (s, v) -> s.log(field, v), field::problem);
    }

    private static Flag flag(LogField field) {
        return new Flag(
                field.key(), s -> Boolean.parseBoolean(s.log(field)), (s, v) -> s.log(field, Boolean.toString(v)));
    }

    private static Stream<NodeField> nodeFields(boolean flags) {
        return Stream.of(NodeField.values()).filter(field -> field.isFlag() == flags);
    }

    private static Text text(NodeField field) {
        return new Text(field.key(), s -> s.node(field), (s, v) -> s.node(field, v), value -> field.problem(value));
    }

    private static Flag flag(NodeField field) {
        return new Flag(
                field.key(), s -> Boolean.parseBoolean(s.node(field)), (s, v) -> s.node(field, Boolean.toString(v)));
    }

    /** What stands for an empty field: the form shows it when it is loaded again. */
    static String orDefault(String name, String value) {
        if (!value.isBlank()) {
            return value;
        }
        return switch (name) {
            case LAYOUT -> LayoutSource.defaultText();
            case "connectionName" -> MetapluginCiSettings.CONNECTION;
            case "catchUpHours" -> Integer.toString(MetapluginCiSettings.CATCH_UP_HOURS);
            case "gitName" -> MetapluginCiSettings.GIT_NAME;
            case "gitEmail" -> MetapluginCiSettings.GIT_EMAIL;
            case "logServerName" -> LogServer.DEFAULT_NAME;
            case "logServerProtocol" -> LogServer.Protocol.AUTO.name();
            case "logServerRetentionDays", "logServerRetentionGigabytes" -> "0";
            case "gitPort" -> Integer.toString(MetapluginCiSettings.GIT_PORT);
            default ->
                LogField.of(name)
                        .map(LogField::otherwise)
                        .or(() -> NodeField.of(name).map(field -> field.orDefault(value)))
                        .orElse(value);
        };
    }

    private static Text number(
            String name,
            Function<MetapluginCiSettings, Integer> get,
            BiConsumer<MetapluginCiSettings, Integer> set,
            UnaryOperator<String> check) {
        return new Text(
                name,
                settings -> get.apply(settings).toString(),
                (settings, value) -> set.accept(settings, Integer.valueOf(value)),
                check);
    }
}
