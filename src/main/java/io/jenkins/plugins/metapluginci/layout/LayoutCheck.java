package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The command bin/layout: says what is wrong with a layout, as zuul-server -t did (test_config, cmd/server.py of 2.5.2). */
public final class LayoutCheck {
    private static final String USAGE = "usage: bin/layout [-c ZUUL.CONF] FILE [JOB-LIST]";

    private final PrintStream out;
    private final PrintStream err;

    private LayoutCheck(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Ends the JVM with the status of {@link #run}. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /**
     * Checks a layout.
     *
     * @param arguments [-c ZUUL.CONF] FILE [JOB-LIST]
     * @param out gets a line for each job that is not in the job list
     * @param err gets a line for each error and warning, FILE:LINE:COLUMN first
     * @return 0 when the layout is good, 1 when it is not or a file cannot be read, 2 for wrong arguments
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        List<String> files = new ArrayList<>(List.of(arguments));
        String conf = null;
        if (!files.isEmpty() && files.get(0).equals("-c")) {
            if (files.size() < 2) {
                err.println(USAGE);
                return 2;
            }
            conf = files.get(1);
            files.subList(0, 2).clear();
        }
        if (files.isEmpty() || files.size() > 2 || files.get(0).startsWith("-")) {
            err.println(USAGE);
            return 2;
        }
        try {
            return new LayoutCheck(out, err).check(conf, files.get(0), files.size() == 2 ? files.get(1) : null);
        } catch (Unreadable e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private int check(@CheckForNull String conf, String file, @CheckForNull String jobList) throws Unreadable {
        ParseOptions options = ParseOptions.DEFAULT;
        if (conf != null) {
            try {
                options = new ParseOptions(ZuulConf.connections(read(conf, "Unable to read config file at ")));
            } catch (IllegalArgumentException e) {
                throw new Unreadable(conf + ": " + e.getMessage());
            }
        }
        LayoutResult result = LayoutParser.parse(read(file, "Unable to read layout config file at "), options);
        result.warnings().forEach(each -> say(file, each, "warning: "));
        result.errors().forEach(each -> say(file, each, ""));
        if (!result.valid()) {
            return 1;
        }
        return jobList == null || allKnown(result.definedJobs(), read(jobList, "Unable to find job list: ")) ? 0 : 1;
    }

    private void say(String file, Problem problem, String kind) {
        String place = problem.line() == 0 ? "" : ":" + problem.line() + ":" + problem.column();
        err.println(file + place + ": " + kind + problem.message());
    }

    private boolean allKnown(Set<String> jobs, String list) {
        Set<String> known = new HashSet<>();
        list.lines().forEach(line -> known.add(line.strip()));
        known.add(Job.NOOP);
        boolean all = true;
        for (String job : new TreeSet<>(jobs)) {
            if (!known.contains(job)) {
                out.println("FAILURE: Job " + job + " not defined");
                all = false;
            }
        }
        return all;
    }

    private static String read(String file, String otherwise) throws Unreadable {
        try {
            java.nio.file.Path path = java.nio.file.Path.of(file);
            // Only as much as shows that it is too long.
            try (var in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(4 * YamlReader.MAX_LENGTH + 4);
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(java.nio.ByteBuffer.wrap(bytes))
                        .toString();
            }
        } catch (MalformedInputException e) {
            throw new Unreadable(otherwise + file + ": it is not UTF-8");
        } catch (IOException | InvalidPathException e) {
            throw new Unreadable(otherwise + file);
        }
    }

    /** A file that cannot be read. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }
}
