package io.jenkins.plugins.metapluginci.logs;

import java.util.Map;

/** What stands beside {@code logs} at a log server while it is written, and what must hold before it gets its name. */
final class PartName {
    private static final String PART = ".logs-part-";
    private static final String OLD = ".logs-old-";

    private PartName() {}

    /** Where an attempt writes. @throws IllegalArgumentException when the token is not one */
    static String of(String token) {
        if (!token.matches("[A-Za-z0-9-]{1,100}")) {
            throw new IllegalArgumentException("not a token: " + token);
        }
        return PART + token;
    }

    /** Where the replaced logs are for a moment. */
    static String old(String unique) {
        return OLD + unique;
    }

    static boolean isPart(String name) {
        return name.startsWith(PART);
    }

    static boolean isOld(String name) {
        return name.startsWith(OLD);
    }

    /**
     * Compares lengths.
     *
     * @param written by path
     * @param there what the server has, by path
     * @throws LogException when a file is missing there or has another length
     */
    static void compare(Map<String, Long> written, Map<String, Long> there) throws LogException {
        for (Map.Entry<String, Long> file : written.entrySet()) {
            Long length = there.get(file.getKey());
            if (!file.getValue().equals(length)) {
                throw new LogException(
                        LogProblem.SERVER_REFUSED,
                        "the log server has " + (length == null ? "no file " : length + " bytes of ") + file.getKey()
                                + ", which has " + file.getValue() + " bytes",
                        null);
            }
        }
    }
}
