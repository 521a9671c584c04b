package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.function.UnaryOperator;

/**
 * The part of Python's {@code str.format} that url patterns and project templates use: text, {@code {name}},
 * {@code {name.attribute}}, {@code {name[key]}}, and doubled braces for braces. Conversions ({@code !r}), format
 * specifications ({@code :>5}), nested and positional fields are refused.
 */
public final class PythonFormat {
    private PythonFormat() {}

    /**
     * Fills a pattern in.
     *
     * @param field gives a field's value by what stands between its braces, such as {@code change.number} or
     *     {@code build.parameters[LOG_PATH]}; null when there is no such field
     * @throws FormatProblem when the pattern is not understood or a field is not there
     */
    public static String format(String pattern, UnaryOperator<String> field) throws FormatProblem {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c != '{' && c != '}') {
                out.append(c);
                at++;
            } else if (at + 1 < pattern.length() && pattern.charAt(at + 1) == c) {
                out.append(c);
                at += 2;
            } else if (c == '}') {
                throw new FormatProblem("Single '}' encountered in format string");
            } else {
                int end = pattern.indexOf('}', at);
                if (end < 0) {
                    throw new FormatProblem("Single '{' encountered in format string");
                }
                out.append(value(pattern.substring(at + 1, end), field));
                at = end + 1;
            }
        }
        return out.toString();
    }

    private static String value(String name, UnaryOperator<String> field) throws FormatProblem {
        check(name);
        @CheckForNull String value = field.apply(name);
        if (value == null) {
            throw new FormatProblem("There is no field {" + name + "}");
        }
        return value;
    }

    private static void check(String name) throws FormatProblem {
        int at = 0;
        while (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
            at++;
        }
        String first = name.substring(0, at);
        if (first.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new FormatProblem("The field {" + name + "} has no name");
        }
        for (int i = 0; i < name.length(); i++) {
            if ("{!:".indexOf(name.charAt(i)) >= 0) {
                throw new FormatProblem("Unsupported '" + name.charAt(i) + "' in the field {" + name + "}");
            }
        }
        while (at < name.length()) {
            int from = at + 1;
            if (name.charAt(at) == '[') {
                at = name.indexOf(']', from);
                if (at < 0) {
                    throw new FormatProblem("Missing ']' in format string");
                }
                notEmpty(name.substring(from, at));
                at++;
                if (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
                    throw new FormatProblem("Only '.' or '[' may follow ']' in format field specifier");
                }
            } else {
                at = from;
                while (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
                    at++;
                }
                notEmpty(name.substring(from, at));
            }
        }
    }

    private static void notEmpty(String part) throws FormatProblem {
        if (part.isEmpty()) {
            throw new FormatProblem("Empty attribute in format string");
        }
    }
}
