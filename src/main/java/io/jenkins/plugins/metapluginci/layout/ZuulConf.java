package io.jenkins.plugins.metapluginci.layout;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The connections that a zuul.conf defines (configure_connections, lib/connections.py of Zuul 2.5.2). */
public final class ZuulConf {
    private static final Pattern SECTION = Pattern.compile("\\[([^\\]]+)\\].*");
    private static final Pattern CONNECTION = Pattern.compile("connection (['\"]?)(.*)\\1", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPTION = Pattern.compile("([^:=\\s][^:=]*?)\\s*[:=]\\s*(.*)");

    private ZuulConf() {}

    /**
     * Reads the names and drivers of the connections.
     *
     * @param text an INI file as Python's ConfigParser takes it
     * @return name to driver, in the file's order; also the sections [gerrit] and [smtp] of before 2.5
     * @throws IllegalArgumentException in Zuul's words, when a connection has no driver, or an unknown one
     */
    public static Map<String, String> connections(String text) {
        Map<String, String> connections = new LinkedHashMap<>();
        Map<String, String> legacy = new LinkedHashMap<>();
        String name = null;
        for (String line : text.lines().toList()) {
            Matcher section = SECTION.matcher(line);
            Matcher option = OPTION.matcher(line);
            if (section.matches()) {
                Matcher connection = CONNECTION.matcher(section.group(1));
                name = connection.matches() ? connection.group(2) : null;
                if (name != null) {
                    connections.put(name, "");
                } else if (Set.of("gerrit", "smtp").contains(section.group(1))) {
                    legacy.put(section.group(1), section.group(1));
                }
            } else if (name != null && option.matches() && option.group(1).equalsIgnoreCase("driver")) {
                connections.put(name, option.group(2).replaceFirst("\\s;.*", "").strip());
            }
        }
        connections.forEach(ZuulConf::check);
        legacy.forEach(connections::putIfAbsent);
        return connections;
    }

    private static void check(String name, String driver) {
        if (driver.isEmpty()) {
            throw new IllegalArgumentException("No driver specified for connection " + Path.shortened(name) + ".");
        }
        if (!ParseOptions.DRIVERS.contains(driver)) {
            throw new IllegalArgumentException(
                    "Unknown driver, " + Path.shortened(driver) + ", for connection " + Path.shortened(name));
        }
    }
}
