package io.jenkins.plugins.metapluginci.job;

import hudson.Extension;
import hudson.console.ConsoleLogFilter;
import hudson.model.AbstractBuild;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** The console of a build of ours: the first line says where the logs will be, every line has its time. */
@Extension
public final class GateConsole extends ConsoleLogFilter {
    @Override
    @SuppressWarnings("rawtypes") // as the core declares it
    public OutputStream decorateLogger(AbstractBuild build, OutputStream logger) throws IOException {
        GateParameters parameters = build instanceof DevstackGateBuild ? GateParameters.of(build) : null;
        if (parameters == null) {
            return logger;
        }
        OutputStream stamped = new TimestampedOutput(logger, Clock.systemUTC());
        String url = LogRoom.publisher().url(parameters.getLogPath(), ((DevstackGateBuild) build).logServer());
        String line = url == null ? Messages.GateConsole_NoLogs() : Messages.GateConsole_Logs(url);
        stamped.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        return stamped;
    }
}
