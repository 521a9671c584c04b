package io.jenkins.plugins.metapluginci.acceptance;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What ran on the nodes, as their own disks tell: every test script that is made here writes a line to {@code /opt/journal} when
 * it starts and when it ends, and leaves things behind that a reboot or a cleanup must remove.
 */
public final class Journal {
    private static final String FILE = "/opt/journal";

    private Journal() {}

    /**
     * A line of a journal.
     *
     * @param node whose
     * @param event start or end
     * @param what the change and patchset, or the name of another job
     * @param uuid of the build, - for another job
     * @param bootId the node's then
     * @param at seconds since 1970 by the machine's clock, which all nodes share
     * @param leftovers what an earlier run left and this one found at its start: names, empty for none
     */
    public record Line(
            String node, String event, String what, String uuid, String bootId, double at, List<String> leftovers) {}

    /** A test script of a change that journals, leaves things behind, and does as {@code body} says. */
    public static String script(String body) {
        return Gate.script("""
                uuid=$ZUUL_UUID
                note() {
                  echo "$1 $ZUUL_CHANGE,$ZUUL_PATCHSET $uuid $(cat /proc/sys/kernel/random/boot_id) $(date +%s.%N) $2" \\
                    | sudo -n tee -a FILE >/dev/null
                }
                found=
                for left in /tmp/left-* /opt/stack/logs/left-* /opt/stack/new/left-*; do
                  [ -e "$left" ] && found="$found$left;"
                done
                for bridge in $(sudo -n ovs-vsctl --timeout=10 list-br); do
                  [ "$bridge" = br-tun ] && found="${found}br-tun;"
                done
                note start "$found"
                trap 'note end ""' EXIT
                sudo -n touch /tmp/left-$uuid /opt/stack/logs/left-$uuid.txt /opt/stack/new/left-$uuid
                sudo -n ovs-vsctl --timeout=10 --no-wait --may-exist add-br br-tun
                """.replace("FILE", FILE) + body);
    }

    /** A shell step of a freestyle job that journals under a name. */
    public static String freestyleStep(String name) {
        return """
                boot=$(cat /proc/sys/kernel/random/boot_id)
                echo "start NAME - $boot $(date +%s.%N) " | sudo -n tee -a FILE >/dev/null
                sleep 1
                echo "end NAME - $boot $(date +%s.%N) " | sudo -n tee -a FILE >/dev/null
                """.replace("NAME", name).replace("FILE", FILE);
    }

    /** The name of a change's patchset: {@code N,PS}. */
    public static String id(Change change) {
        return change.number() + "," + change.patchset();
    }

    /** The node where a change's first run started; waits for it. */
    public static Node ranOn(Site site, Change change, Duration limit) {
        Await.until(
                "the build of " + id(change) + " runs",
                limit,
                () -> site.status() + "\n" + site.admin().queue() + "\n"
                        + site.admin().builds(Site.JOB),
                () -> !starts(site, id(change)).isEmpty());
        return site.node(starts(site, id(change)).get(0).node());
    }

    /** All lines of all nodes, in the order of time. */
    public static List<Line> read(Site site) {
        List<Line> lines = new ArrayList<>();
        for (Node node : site.nodes()) {
            lines.addAll(read(node));
        }
        lines.sort((a, b) -> Double.compare(a.at(), b.at()));
        return lines;
    }

    /** All lines of a node, on or off, in the order of time. */
    public static List<Line> read(Node node) {
        List<Line> lines = new ArrayList<>();
        Path journal = node.disk().resolve(FILE.substring(1));
        try {
            for (String text : Files.exists(journal) ? Files.readAllLines(journal) : List.<String>of()) {
                String[] words = text.trim().split(" ");
                List<String> leftovers = words.length > 5 ? List.of(words[5].split(";")) : List.of();
                lines.add(new Line(
                        node.name(), words[0], words[1], words[2], words[3], Double.parseDouble(words[4]), leftovers));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** The starts of a change and patchset, {@code N,PS}, or of another job. */
    public static List<Line> starts(Site site, String what) {
        return read(site).stream()
                .filter(line -> line.event().equals("start") && line.what().equals(what))
                .toList();
    }

    /** The end of the run that started with that line; empty when it was cut off. */
    public static Optional<Line> end(Site site, Line start) {
        return read(site).stream()
                .filter(line -> line.event().equals("end")
                        && line.node().equals(start.node())
                        && line.what().equals(start.what())
                        && line.uuid().equals(start.uuid())
                        && line.bootId().equals(start.bootId()))
                .findFirst();
    }
}
