package io.jenkins.plugins.metapluginci;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.config.ConfigRoom;
import io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration;
import io.jenkins.plugins.metapluginci.config.MetapluginCiSettings;
import io.jenkins.plugins.metapluginci.gerrit.GerritConnection;
import io.jenkins.plugins.metapluginci.gerrit.GerritProbe;
import io.jenkins.plugins.metapluginci.gerrit.GerritSettings;
import io.jenkins.plugins.metapluginci.gerrit.GerritState;
import io.jenkins.plugins.metapluginci.job.BranchTips;
import io.jenkins.plugins.metapluginci.job.JobRoom;
import io.jenkins.plugins.metapluginci.job.LaunchableJobs;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.node.LogRescue;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.NodeRoom;
import io.jenkins.plugins.metapluginci.node.NodeTimings;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.scheduler.BuildRequest;
import io.jenkins.plugins.metapluginci.scheduler.GerritChanges;
import io.jenkins.plugins.metapluginci.scheduler.Scheduler;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerSettings;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import io.jenkins.plugins.metapluginci.web.LifecycleDesk;
import io.jenkins.plugins.metapluginci.web.NodeDesk;
import io.jenkins.plugins.metapluginci.web.StatusJson;
import io.jenkins.plugins.metapluginci.web.WebRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The engine of one controller: makes the rooms, joins them, and takes them down in the reverse order. There is one from the
 * moment Jenkins has loaded its jobs and nodes until the plugin stops.
 */
public final class MetapluginCi implements ConfigRoom.Engine {
    private static final Logger LOGGER = Logger.getLogger(MetapluginCi.class.getName());
    private static final int FORMAT = 1;

    @CheckForNull
    private static volatile MetapluginCi instance;

    private final Path home;
    private final JsonStore<BuildRecord> builds;
    private final SshConnector connector = new SshConnector(SshTimeouts.configured());
    private final LogRoom logs;
    private final GerritConnection gerrit;
    private final MissedEventsLink missed;
    private final GerritChanges changes;
    private final MergeLink merges;
    private final LayoutInForce layout = new LayoutInForce();
    private final Scheduler scheduler;
    private final JobRoom jobs;

    /** Null when the records of the nodes could not be read; {@link #nodesProblem} says why. */
    @CheckForNull
    private NodeRoom nodes;

    @CheckForNull
    private volatile String nodesProblem;

    private volatile MetapluginCiSettings settings;

    /** Held while settings are handed on, so that the last ones win everywhere. */
    private final Object configuring = new Object();

    private MetapluginCi(Path home, MetapluginCiSettings settings) {
        this.home = home;
        this.settings = settings;
        this.builds = new JsonStore<>(home.resolve("builds"), BuildRecord.class, FORMAT);
        this.missed = new MissedEventsLink(
                this::gerrit, this::scheduler, layout::projects, () -> Duration.ofHours(this.settings.catchUpHours()));
        GerritLink link = new GerritLink(this::gerrit, this::scheduler, missed);
        this.gerrit = new GerritConnection(connector, link);
        this.gerrit.want(project -> layout.projects().contains(project));
        this.merges = new MergeLink(
                home.resolve("git"),
                connector,
                this::mergesAreServed,
                uuids -> scheduler().mergesLost(uuids));
        this.changes = new GerritChanges(gerrit.lookup());
        this.scheduler = new Scheduler(
                home,
                new Scheduler.Neighbours(new Jobs(), this::record, changes, merges, link),
                System::currentTimeMillis);
        this.logs = LogRoom.install(() -> this.settings.logs(), connector::connect, home.resolve("logs"));
        this.jobs = JobRoom.install(builds, scheduler, () -> this.settings.controllerUrl(), new Tips());
    }

    /** The engine of this controller, or null before Jenkins has loaded its jobs and after the plugin stopped. */
    @CheckForNull
    public static MetapluginCi get() {
        return instance;
    }

    /**
     * Starts the engine, unless it runs: first the nodes (until then each is vetoed), then what launches builds, last what
     * asks for them. To be called with the rights of the system.
     */
    static synchronized void start(Path jenkinsHome, MetapluginCiSettings settings) {
        if (instance != null) {
            return;
        }
        MetapluginCi engine = new MetapluginCi(jenkinsHome.resolve("metaplugin-ci"), settings);
        engine.startNodes();
        engine.layout.read(settings);
        engine.merges.configure(settings);
        engine.scheduler.configure(engine.schedulerSettings());
        engine.scheduler.start();
        engine.configureGerrit(settings);
        ConfigRoom.install(engine);
        WebRoom.install(new WebLink(engine.scheduler, engine::problems, engine::reload, engine.desk()));
        instance = engine;
        LOGGER.info("Metaplugin CI has started");
    }

    /** Stops the engine, if it runs: in the reverse order of {@link #start}. */
    static synchronized void stop() {
        MetapluginCi engine = instance;
        if (engine == null) {
            return;
        }
        instance = null;
        WebRoom.install(null);
        ConfigRoom.install(null);
        engine.gerrit.close();
        engine.missed.close();
        engine.changes.close();
        engine.scheduler.stop();
        engine.merges.close();
        JobRoom.uninstall();
        if (engine.nodes != null) {
            engine.nodes.close();
        }
        engine.logs.close();
        engine.connector.close();
        LOGGER.info("Metaplugin CI has stopped");
    }

    /** The scheduler is told of builds by the room that launches them for it, so that room is made after it. */
    private final class Jobs implements BuildLauncher {
        @Override
        public void launch(BuildRequest request) throws LaunchRefusedException {
            jobs.launcher().launch(withBranches(request));
        }

        @Override
        public void cancelQueued() {
            jobs.launcher().cancelQueued();
        }

        @Override
        public Collection<String> alive() {
            return jobs.launcher().alive();
        }

        @Override
        public void cancel(String uuid) {
            jobs.launcher().cancel(uuid);
        }

        @Override
        public boolean exists(String job) {
            return jobs.launcher().exists(job);
        }

        @Override
        @CheckForNull
        public String holding() {
            String problem = merges.problem();
            return problem == null ? jobs.launcher().holding() : problem;
        }

        /** What is not under test is fetched from where Gerrit's branches are: {@code ZUUL_URL} has none of it. */
        private BuildRequest withBranches(BuildRequest request) {
            String from = settings.gitUrl();
            if (from.isEmpty()) {
                return request;
            }
            Map<String, String> environment = new LinkedHashMap<>(request.environment());
            environment.putIfAbsent("GIT_BASE", from);
            return new BuildRequest(request.uuid(), request.job(), environment, request.description(), request.url());
        }
    }

    /** What builds test that people start: what the configuration says at that moment. */
    private final class Tips implements BranchTips {
        @Override
        public String gitUrl() {
            return settings.gitUrl();
        }

        @Override
        @CheckForNull
        public String project(String job) {
            return layout.projectOf(job);
        }
    }

    private void startNodes() {
        try {
            PrepareLink repositories = new PrepareLink(merges.bundles(), layout, () -> settings);
            nodes = NodeRoom.open(home, NodeTimings.configured(), () -> settings.nodes(), repositories);
            nodes.lifecycle().install((LogRescue) (node, build) -> logs.rescue(node, build.job(), build.number()));
        } catch (IOException | RuntimeException e) {
            nodesProblem = "No node takes a build: their records cannot be read: " + e.getMessage();
            LOGGER.log(Level.SEVERE, "The records of the nodes cannot be read: no node takes a build", e);
        }
    }

    /** Where everything is that must survive a kill: {@code metaplugin-ci/} in Jenkins' home. */
    public Path home() {
        return home;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    GerritConnection gerrit() {
        return gerrit;
    }

    /** Null when the records of the nodes cannot be read. */
    @CheckForNull
    public NodeLifecycle nodes() {
        return nodes == null ? null : nodes.lifecycle();
    }

    /** What the pages see of the nodes. */
    @CheckForNull
    private NodeDesk desk() {
        NodeLifecycle lifecycle = nodes();
        return lifecycle == null
                ? null
                : new LifecycleDesk(() -> lifecycle, () -> settings.nodes().holdMs());
    }

    public LogRoom logs() {
        return logs;
    }

    public BuildLauncher launcher() {
        return jobs.launcher();
    }

    @CheckForNull
    private BuildRecord record(String uuid) {
        try {
            return builds.get(uuid);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the record of build " + uuid, e);
        }
    }

    @Override
    public void configured(MetapluginCiSettings changed) {
        synchronized (configuring) {
            settings = changed;
            layout.read(changed);
            merges.configure(changed);
            scheduler.configure(schedulerSettings());
            configureGerrit(changed);
        }
    }

    private void mergesAreServed() {
        synchronized (configuring) {
            scheduler.configure(schedulerSettings());
        }
    }

    /** Reads the layout again. @return what is wrong with it, and then nothing changes; null when it was taken */
    @CheckForNull
    private String reload() {
        synchronized (configuring) {
            boolean first = layout.layout() == null;
            List<String> errors = layout.read(settings);
            if (!errors.isEmpty()) {
                return "The layout is not taken: " + String.join("\n", errors);
            }
            scheduler.reload(schedulerSettings());
            if (first) {
                configureGerrit(settings);
            }
            return null;
        }
    }

    private void configureGerrit(MetapluginCiSettings chosen) {
        SshTarget target = chosen.gerrit();
        gerrit.reconfigure(target == null ? null : new GerritSettings(target));
        // Without a layout nobody can say which events matter: they are asked for once there is one.
        if (chosen.takesEvents() && layout.layout() != null) {
            gerrit.start();
        } else {
            gerrit.stop();
        }
    }

    private SchedulerSettings schedulerSettings() {
        MetapluginCiSettings chosen = settings;
        SshTarget target = chosen.gerrit();
        return new SchedulerSettings(
                chosen.takesEvents(),
                layout.layout(),
                layout.version(),
                layout.isShipped(),
                new SchedulerSettings.GerritSite(
                        chosen.connectionName(),
                        target == null ? "" : target.user(),
                        chosen.gerritHost(),
                        chosen.gerritPort(),
                        merges.zuulUrl()),
                new SchedulerSettings.Reporting(
                        chosen.silent(),
                        chosen.urlPattern(),
                        chosen.jobNameInReport(),
                        chosen.reportTimes(),
                        chosen.statusUrl(),
                        chosen.footer(),
                        path -> logs.url(path, null)));
    }

    @Override
    public String statusJson() {
        MetapluginCiSettings chosen = settings;
        NodeLifecycle lifecycle = nodes();
        SchedulerView view = scheduler.view();
        return StatusJson.of(
                chosen.takesEvents(),
                chosen.gerrit() == null ? null : gerrit.state(),
                logs.views(),
                problems(view),
                view,
                scheduler.items(),
                lifecycle == null ? List.of() : lifecycle.snapshot(),
                merges.mirrors(),
                System.currentTimeMillis());
    }

    /** What somebody should look at, in every room. */
    private List<String> problems(SchedulerView view) {
        List<String> problems = Stream.of(
                        nodesProblem, gerritProblem(), unreadableConfiguration(), layout.problem(), merges.problem())
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(ArrayList::new));
        problems.addAll(view.problems());
        problems.addAll(logs.problems());
        String missing = missingJobs();
        if (missing != null) {
            problems.add(missing);
        }
        builds.unreadable().forEach(file -> problems.add("Could not be read and was set aside: " + file));
        return problems;
    }

    /** The shipped layout is idle until its jobs exist; any other reports them as NOT_REGISTERED, as Zuul did. */
    @CheckForNull
    private String missingJobs() {
        Layout chosen = layout.layout();
        if (chosen == null || layout.isShipped()) {
            return null;
        }
        List<String> missing = LaunchableJobs.missing(chosen);
        return missing.isEmpty()
                ? null
                : "The layout names jobs that do not exist, so they are reported as NOT_REGISTERED and nothing is voted: "
                        + missing.stream().limit(10).collect(Collectors.joining(", "))
                        + (missing.size() > 10 ? " and " + (missing.size() - 10) + " more" : "");
    }

    /** Only what does not mend itself: whether Gerrit is away for a moment is on the page. */
    @CheckForNull
    private String gerritProblem() {
        GerritState state = gerrit.state();
        return state.phase() == GerritState.Phase.REFUSED ? "Gerrit refuses the connection: " + state.reason() : null;
    }

    @CheckForNull
    private static String unreadableConfiguration() {
        String why = MetapluginCiConfiguration.get().unreadable();
        return why == null ? null : "metaplugin-ci.xml could not be read, so nothing is configured: " + why;
    }

    @Override
    public GerritProbe testGerrit(GerritSettings tried) throws SshException, InterruptedException {
        return GerritConnection.testConnection(connector, tried);
    }
}
