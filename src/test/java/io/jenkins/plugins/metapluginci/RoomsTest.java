package io.jenkins.plugins.metapluginci;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.BeforeClass;
import org.junit.Test;

/** Holds the table of rooms (docs/architecture.md): who may know whom, and who may know Jenkins. */
public class RoomsTest {
    private static final String ROOT = "io.jenkins.plugins.metapluginci";

    /** What belongs to the core or comes with it. */
    private static final String[] JENKINS = {
        "hudson..",
        "jenkins..",
        "org.kohsuke..",
        "net.sf.json..",
        "org.jvnet..",
        "javax.servlet..",
        "org.acegisecurity.."
    };

    /** Each room and the rooms that it may import. The rooms of Jenkins' own (job, config, web) may import any. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.of(
            "store", Set.of(),
            "ssh", Set.of(),
            "gerrit", Set.of("ssh", "store"),
            "layout", Set.of(),
            "merger", Set.of("ssh", "store"),
            "scheduler", Set.of("gerrit", "layout", "merger", "store"),
            "logs", Set.of("ssh", "store"),
            "node", Set.of("store"));

    private static final Set<String> ANY = Set.of("job", "config", "web");

    /** Classes of the mixed rooms that may know Jenkins: the rest of these rooms is engine. */
    private static final Map<String, Set<String>> JENKINS_HALF = Map.of(
            "logs",
                    Set.of(
                            "ConsoleListener",
                            "FailurePolicy",
                            "LauncherShell",
                            "LogPublisher",
                            "LogRoom",
                            "LogsAction",
                            "Messages",
                            "RunConsole"),
            "node",
                    Set.of(
                            "HangUp",
                            "JenkinsMachine",
                            "LauncherAddress",
                            "Messages",
                            "NodeBuilds",
                            "NodeListener",
                            "NodeRoom",
                            "NodeRunListener",
                            "NodeVeto",
                            "RebootOfflineCause",
                            "RebootPublisher",
                            "RemoteCommand",
                            "RemoteShell",
                            "RemoteScript",
                            "SystemThreads"));

    private static JavaClasses all;

    @BeforeClass
    public static void read() {
        all = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
        assertThat(all).hasSizeGreaterThan(100);
    }

    @Test
    public void everyRoomIsInTheTable() {
        Set<String> rooms = new TreeSet<>();
        all.forEach(each -> rooms.add(room(each)));
        rooms.remove("");
        Set<String> known = new TreeSet<>(MAY_IMPORT.keySet());
        known.addAll(ANY);
        assertThat(known).containsAll(rooms);
    }

    @Test
    public void aRoomImportsOnlyWhatTheTableAllows() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass each : all) {
            Set<String> allowed = MAY_IMPORT.get(room(each));
            if (allowed != null) {
                each.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass())
                        .filter(target -> target.getPackageName().startsWith(ROOT))
                        .filter(target -> !room(target).equals(room(each)) && !allowed.contains(room(target)))
                        .forEach(target -> wrong.add(each.getName() + " -> " + target.getName()));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    public void noRoomImportsTheRoot() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(all);
    }

    @Test
    public void engineKnowsNothingOfJenkins() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".store..",
                        ROOT + ".ssh..",
                        ROOT + ".gerrit..",
                        ROOT + ".layout..",
                        ROOT + ".merger..",
                        ROOT + ".scheduler..")
                .or()
                .resideInAPackage(ROOT + ".job.gate..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JENKINS)
                .check(all);
    }

    @Test
    public void theEngineHalvesOfMixedRoomsKnowNothingOfJenkins() {
        for (Map.Entry<String, Set<String>> half : JENKINS_HALF.entrySet()) {
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + "." + half.getKey())
                    .and(DescribedPredicate.describe(
                            "are of its engine half", each -> !half.getValue().contains(topLevel(each))))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(JENKINS)
                    .check(all);
        }
    }

    @Test
    public void onlyItsRoomKnowsTheSshLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".ssh..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.sshd..", "net.i2p..")
                .check(all);
    }

    @Test
    public void onlyItsRoomKnowsTheGitLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".merger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jgit..")
                .check(all);
    }

    /** From the host only what both cores have; its libraries are its own business. */
    @Test
    public void nothingElseOfTheHostIsUsed() {
        classes()
                .that()
                .resideInAPackage(ROOT + "..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are ours, the JDK's, bundled, or of the core's five packages", RoomsTest::known))
                .check(all);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jenkins..")
                .check(all);
        // It changes texts: only what hands a part of a form to somebody else's descriptor has to know it.
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .doNotHaveSimpleName("AddNodeForm")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.sf.json..")
                .check(all);
    }

    private static boolean known(JavaClass each) {
        String name = each.getPackageName();
        for (String start : new String[] {
            ROOT,
            "java.",
            "javax.crypto",
            "javax.security",
            "hudson",
            "org.kohsuke.stapler",
            "org.jvnet.localizer",
            "net.sf.json",
            "javax.servlet",
            "org.acegisecurity",
            "com.google.gson",
            "org.apache.sshd",
            "org.eclipse.jgit",
            "org.apache.commons.compress",
            "org.yaml.snakeyaml",
            "org.slf4j",
            "edu.umd.cs.findbugs.annotations"
        }) {
            if (name.equals(start) || name.startsWith(start.endsWith(".") ? start : start + ".")) {
                return true;
            }
        }
        return each.isPrimitive() || each.isArray() || name.isEmpty();
    }

    private static String room(JavaClass each) {
        String rest = each.getPackageName().substring(ROOT.length());
        return rest.isEmpty() ? "" : rest.substring(1).split("\\.")[0];
    }

    private static String topLevel(JavaClass each) {
        String name = each.getName().substring(each.getPackageName().length() + 1);
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }
}
