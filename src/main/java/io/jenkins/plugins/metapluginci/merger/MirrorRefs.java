package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;

/** Names and changes of the refs that the merger makes. */
final class MirrorRefs {
    /** What nodes may fetch is here, and nothing else. */
    static final String ZUUL = "refs/zuul/";

    private MirrorRefs() {}

    /** The branch's whole name at Gerrit. @param branch {@code master}, or a whole name */
    static String branch(String branch) {
        return branch.startsWith("refs/") ? branch : "refs/heads/" + branch;
    }

    /** {@code refs/zuul/<branch>/Z<uuid>}, Zuul's own form. */
    static String zuul(String branch, String uuid) {
        return ZUUL + branch + "/Z" + uuid;
    }

    /** The uuid in a ref of that form, or null when it is none. */
    @CheckForNull
    static String uuid(String ref) {
        int last = ref.lastIndexOf("/Z");
        return ref.startsWith(ZUUL) && last > ZUUL.length() - 1 && ref.indexOf('/', last + 1) < 0
                ? ref.substring(last + 2)
                : null;
    }

    /** Those requests that have no ref of that form here. */
    static Set<String> without(Repository mirror, Set<String> uuids) throws IOException {
        Set<String> without = new HashSet<>(uuids);
        for (Ref ref : mirror.getRefDatabase().getRefsByPrefix(ZUUL)) {
            without.remove(uuid(ref.getName()));
        }
        return without;
    }

    /** Makes refs, or moves them. */
    static void create(Repository mirror, Map<String, ObjectId> refs) throws IOException {
        List<ReceiveCommand> commands = new ArrayList<>();
        for (Map.Entry<String, ObjectId> each : refs.entrySet()) {
            Ref before = mirror.exactRef(each.getKey());
            if (before == null || !each.getValue().equals(before.getObjectId())) {
                commands.add(new ReceiveCommand(
                        before == null ? ObjectId.zeroId() : before.getObjectId(), each.getValue(), each.getKey()));
            }
        }
        if (!execute(mirror, commands)) {
            throw new IOException("The refs " + refs.keySet() + " cannot be written: " + commands + ".");
        }
    }

    /** Deletes the refs under a prefix that are in question. @return how many */
    static int delete(Repository mirror, String prefix, Predicate<String> which) throws IOException {
        List<ReceiveCommand> commands = new ArrayList<>();
        for (Ref ref : mirror.getRefDatabase().getRefsByPrefix(prefix)) {
            if (which.test(ref.getName())) {
                commands.add(new ReceiveCommand(ref.getObjectId(), ObjectId.zeroId(), ref.getName()));
            }
        }
        if (!execute(mirror, commands)) {
            throw new IOException("Refs under " + prefix + " cannot be deleted.");
        }
        return commands.size();
    }

    /** @return whether all were done; whoever calls has the mirror to itself */
    static boolean execute(Repository mirror, List<ReceiveCommand> commands) throws IOException {
        if (commands.isEmpty()) {
            return true;
        }
        BatchRefUpdate batch = mirror.getRefDatabase().newBatchUpdate();
        batch.setAllowNonFastForwards(true);
        batch.setAtomic(false);
        batch.disableRefLog();
        batch.addCommand(commands);
        try (RevWalk walk = new RevWalk(mirror)) {
            batch.execute(walk, NullProgressMonitor.INSTANCE);
        }
        return commands.stream().allMatch(each -> each.getResult() == ReceiveCommand.Result.OK);
    }
}
