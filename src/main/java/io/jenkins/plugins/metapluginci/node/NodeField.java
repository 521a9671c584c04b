package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A field of {@link NodeSettings} as text: its name in the form and in the settings' file, what it is unless told
 * otherwise, and what may be in it.
 */
public enum NodeField {
    REBOOT_COMMAND("nodeRebootCommand", NodeLifecycle.DEFAULT_COMMAND) {
        @Override
        void check(String value) {
            require(!value.isEmpty(), "A command is needed: a node that does not reboot is never clean");
            require(value.length() <= MOST && plain(value), "One line of at most " + MOST + " characters");
        }
    },
    REBOOT_TIME("nodeRebootTime", "10 min") {
        @Override
        void check(String value) {
            time(value, false);
        }
    },
    ATTEMPTS("nodeAttempts", "3") {
        @Override
        void check(String value) {
            require(value.matches("[1-9][0-9]?"), "A number from 1 to 99");
        }
    },
    DRAIN("nodeDrain", "30 min") {
        @Override
        void check(String value) {
            time(value, false);
        }
    },
    HOLD("nodeHold", "24 h") {
        @Override
        void check(String value) {
            time(value, false);
        }
    },
    CHECK_SUDO("nodeCheckSudo", "true"),
    CHECK_GIT("nodeCheckGit", "true"),
    CHECK_JAVA("nodeCheckJava", "true"),
    CHECK_GATE("nodeCheckGate", "/opt/devstack-gate") {
        @Override
        void check(String value) {
            require(
                    value.isEmpty() || PATH.matcher(value).matches() && !dots(value),
                    "An absolute path of letters, digits, \".\", \"_\", \"-\" and \"/\", or nothing");
        }
    },
    CHECK_DISK("nodeCheckDisk", "10 GB") {
        @Override
        void check(String value) {
            Units.bytes(value);
        }
    },
    CHECK_MEMORY("nodeCheckMemory", "4 GB") {
        @Override
        void check(String value) {
            Units.bytes(value);
        }
    },
    CHECK_SKEW("nodeCheckSkew", "5 s") {
        @Override
        void check(String value) {
            time(value, true);
        }
    },
    CHECK_LEFTOVERS("nodeCheckLeftovers", "true"),
    PREPARE_TIME("nodePrepareTime", "2 h") {
        @Override
        void check(String value) {
            time(value, false);
        }
    },
    MIRROR("nodeMirror", "") {
        @Override
        void check(String value) {
            require(value.isEmpty() || isMirror(value), "A URL that starts with http or https, without a password");
        }
    },
    PACKAGES("nodePackages", "git openjdk-17-jre-headless python3 python3-venv sudo tar gzip curl lsb-release") {
        @Override
        void check(String value) {
            for (String each : words(value)) {
                require(PACKAGE.matcher(each).matches(), "Not the name of a package: " + cut(each));
            }
        }
    },
    AUTHORIZED_KEY("nodeAuthorizedKey", "") {
        @Override
        void check(String value) {
            require(
                    value.isEmpty() || KEY.matcher(value).matches(),
                    "One public key as in authorized_keys: type, Base64, and a comment if you like");
        }
    },
    GATE_PROJECT("nodeGateProject", "openstack-infra/devstack-gate") {
        @Override
        void check(String value) {
            require(value.isEmpty() || isProject(value), "Not the name of a project: " + cut(value));
        }
    },
    GATE_COMMIT("nodeGateCommit", "") {
        @Override
        void check(String value) {
            require(
                    value.isEmpty() || value.matches("[0-9a-f]{40}"),
                    "The 40 hexadecimal digits of a commit, or nothing");
        }
    },
    PROJECTS("nodeProjects", "") {
        @Override
        void check(String value) {
            for (String each : words(value)) {
                require(isProject(each), "Not the name of a project: " + cut(each));
            }
        }
    };

    private static final int MOST = 1000;
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]{1,100}){1,20}");
    /** Debian Policy 5.6.7, with an architecture. */
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,100}(:[a-z0-9-]{1,20})?");

    private static final Pattern KEY =
            Pattern.compile("(ssh|ecdsa|sk)-[A-Za-z0-9@.-]{1,60} [A-Za-z0-9+/=]{20,3000}( [A-Za-z0-9@._ -]{1,200})?");
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9._+-]{1,100}(/[A-Za-z0-9._+-]{1,100}){0,9}");

    private final String key;
    private final String otherwise;

    NodeField(String key, String otherwise) {
        this.key = key;
        this.otherwise = otherwise;
    }

    /** The field of that name in the form. */
    public static Optional<NodeField> of(String key) {
        return Stream.of(values()).filter(field -> field.key.equals(key)).findFirst();
    }

    /** Its name in the form and in the settings' file. */
    public String key() {
        return key;
    }

    /** Its value unless told otherwise. */
    public String otherwise() {
        return otherwise;
    }

    /** Whether it is a check box: {@code true} or {@code false}. */
    public boolean isFlag() {
        return otherwise.equals("true");
    }

    /** What an empty field stands for: the default where empty means nothing, else empty. */
    public String orDefault(String value) {
        boolean emptyMeansNone = switch (this) {
            case CHECK_GATE, MIRROR, AUTHORIZED_KEY, GATE_PROJECT, GATE_COMMIT, PROJECTS, PACKAGES -> true;
            default -> false;
        };
        return value.isBlank() && !emptyMeansNone ? otherwise : value.strip();
    }

    /** What is wrong with a value, for people; null when nothing is. */
    @CheckForNull
    public String problem(String value) {
        try {
            check(value);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** @throws IllegalArgumentException with words for people */
    void check(String value) {
        require(value.equals("true") || value.equals("false"), "true or false");
    }

    /** The words of a field that holds several, separated by blanks, commas or lines. */
    static List<String> words(String value) {
        return Arrays.stream(value.split("[\\s,]+"))
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
    }

    /** Whether it can be the name of a project at Gerrit and a path below a directory. */
    static boolean isProject(String name) {
        return PROJECT.matcher(name).matches() && !dots(name) && !name.startsWith("-");
    }

    private static boolean dots(String path) {
        return List.of(path.split("/")).stream().anyMatch(part -> part.equals(".") || part.equals(".."));
    }

    private static boolean isMirror(String value) {
        try {
            URI uri = new URI(value);
            return List.of("http", "https").contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && value.matches("[A-Za-z0-9:/._~%\\[\\]-]{1,300}");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void time(String value, boolean zero) {
        long millis = Units.millis(value);
        require(zero || millis > 0, "More than nothing");
        require(millis <= 30L * 24 * 3_600_000, "At most 30 d");
    }

    private static boolean plain(String value) {
        return value.chars().noneMatch(Character::isISOControl);
    }

    private static String cut(String value) {
        return value.length() > 60 ? value.substring(0, 60) + "..." : value;
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
