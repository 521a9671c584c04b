package io.jenkins.plugins.metapluginci.logs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** How it stands with each log server, by its name. Safe for any thread. */
final class ServerStates {
    private static final Logger LOGGER = Logger.getLogger(ServerStates.class.getName());

    private final Map<String, LogServerState> states = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock epoch milliseconds */
    ServerStates(LongSupplier clock) {
        this.clock = clock;
    }

    LogServerState of(String server) {
        return states.getOrDefault(server, LogServerState.UNTRIED);
    }

    /** Something was written there. @return whether it was away before */
    boolean works(String server, String how) {
        boolean[] back = {false};
        states.compute(server, (name, before) -> {
            LogServerState known = before == null ? LogServerState.UNTRIED : before;
            back[0] = known.problem() != null;
            return known.works(how, clock.getAsLong());
        });
        if (back[0]) {
            LOGGER.log(Level.INFO, "The log server {0} takes logs again", server);
        }
        return back[0];
    }

    /** It did not take what it should. @param problem for administrators @return how often in a row it did not */
    int fails(String server, String problem) {
        boolean[] news = {false};
        LogServerState now = states.compute(server, (name, before) -> {
            LogServerState known = before == null ? LogServerState.UNTRIED : before;
            news[0] = known.problem() == null;
            return known.fails(problem, clock.getAsLong());
        });
        if (news[0]) {
            LOGGER.log(Level.WARNING, "The log server {0} takes no logs: {1}", new Object[] {server, problem});
        }
        return now.failures();
    }
}
