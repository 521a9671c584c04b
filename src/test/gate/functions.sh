# Sourced by devstack-vm-gate-wrap.sh and by hooks that want its functions.

# Says what happens, with the time, on the console.
function gate_say {
    printf '%s | %s\n' "$(date -u +%H:%M:%S)" "$*"
}

function start_timer {
    GATE_STARTED=$(date +%s)
    export GATE_STARTED
}

# Exports REMAINING_TIME: minutes that the gate may still take. Five are kept for collecting the logs.
function remaining_time {
    local unit=60 elapsed
    [ "${GATE_TIME_UNIT:-m}" = m ] || unit=1
    elapsed=$((($(date +%s) - GATE_STARTED) / unit))
    REMAINING_TIME=$((DEVSTACK_GATE_TIMEOUT - elapsed - 5))
    export REMAINING_TIME
}

# Bridges of Open vSwitch, comma separated; "none" without any, "no Open vSwitch" without a database.
function gate_bridges {
    local bridges
    bridges=$(sudo -n ovs-vsctl --no-wait --timeout=5 list-br 2>/dev/null) || {
        echo "no Open vSwitch"
        return 0
    }
    bridges=$(paste -s -d , <<<"$bridges")
    echo "${bridges:-none}"
}

# What an earlier run left: the job should have removed it.
function gate_leftovers {
    local logs=no tree=no
    [ ! -e "$BASE/logs" ] || logs=yes
    [ ! -e "$BASE/new" ] || tree=yes
    gate_say "Found before the run: logs: $logs, tree: $tree, bridges: $(gate_bridges)"
}

function setup_host {
    sudo -n mkdir -p "$BASE"
    sudo -n chown "$(id -u):$(id -g)" "$BASE"
    uname -a
    df -h "$BASE"
    env -0 | tr '\0\n' '\n ' | grep -E '^(ZUUL|DEVSTACK_GATE|LOG_PATH|BASE_LOG_PATH|BUILD_TIMEOUT|ENABLED_SERVICES)' | sort
}

# The projects to check out: the one of the change first, then those of the changes that it needs.
function gate_projects {
    local project change
    for project in ${ZUUL_PROJECT:-}; do
        echo "$project"
    done
    for change in ${ZUUL_CHANGES//^/ }; do
        echo "${change%%:*}"
    done
    for project in ${PROJECTS:-}; do
        echo "$project"
    done
}

# Fetches one ref and checks it out.
# $1 the tree; $2 URL; $3 ref; $4 how often to try
function fetch_ref {
    local tree=$1 from=$2 ref=$3 tries=$4 try
    for ((try = 1; try <= tries; try++)); do
        echo "Fetching $ref of $from (try $try)"
        if timeout 60 git -C "$tree" fetch -q "$from" "$ref"; then
            git -C "$tree" checkout -q FETCH_HEAD
            git -C "$tree" log -1 --format="%H %s"
            return 0
        fi
        [ "$try" = "$tries" ] || sleep 1
    done
    echo "Could not fetch $ref of $from"
    return 1
}

# Clones one project into a directory: what is to be tested, if there is such a ref of it, else its branch.
# $1 project; $2 directory above its checkout
function setup_project {
    local project=$1 tree=$2/${1##*/} base=${GIT_BASE:-${ZUUL_URL:-}}
    git init -q "$tree" || return 1
    if [ "$project" = "${ZUUL_PROJECT:-}" ] && [ -n "${ZUUL_REF:-}" ]; then
        fetch_ref "$tree" "${ZUUL_URL:-$base}/$project" "$ZUUL_REF" 3
        return
    fi
    if [ -n "${ZUUL_REF:-}" ] && [ -n "${ZUUL_URL:-}" ]; then
        # Most projects have no such ref: that is how it should be, and no reason to try again.
        ! fetch_ref "$tree" "$ZUUL_URL/$project" "$ZUUL_REF" 1 || return 0
    fi
    [ "$project" != "${ZUUL_PROJECT:-}" ] || base=${ZUUL_URL:-$base}
    if [ -z "$base" ]; then
        echo "Neither ZUUL_URL nor GIT_BASE says where $project is."
        return 1
    fi
    fetch_ref "$tree" "$base/$project" "refs/heads/$ZUUL_BRANCH" 3
}

# $1 the directory that gets every tree; made afresh
function setup_workspace {
    local new=$1 project failed=0
    sudo -n rm -rf "$new"
    mkdir -p "$new"
    cp -r "$WORKSPACE/devstack-gate/." "$new/devstack-gate"
    cp -r "$WORKSPACE/devstack-gate/devstack" "$new/devstack"
    for project in $(gate_projects | awk '!seen[$0]++'); do
        setup_project "$project" "$new" || failed=1
    done
    return $failed
}

# Runs a hook if the job exported one.
# $1 its name
function call_hook {
    if [ "$(type -t "$1")" = function ]; then
        gate_say "Running $1"
        "$1"
    fi
}

# Collects everything that a run leaves, whatever its result was, and makes it readable.
function cleanup_host {
    local logs=$BASE/logs link file
    gate_say "Collecting the logs"
    mkdir -p "$logs"
    for file in "$WORKSPACE"/devstack-gate-*.txt; do
        [ ! -e "$file" ] || mv "$file" "$logs/"
    done
    # The links are this run's, the files beside them may be older.
    for link in "$BASE"/new/screen-logs/*.log; do
        [ ! -L "$link" ] || sudo -n cp -L "$link" "$logs/"
    done
    for file in "$BASE"/new/devstacklog.txt "$BASE"/new/devstack/localrc "$BASE"/new/tempest.log; do
        [ ! -e "$file" ] || sudo -n cp "$file" "$logs/"
    done
    df -h >"$logs/df.txt" 2>/dev/null
    gate_bridges >"$logs/bridges.txt"
    sudo -n chown -R "$(id -u):$(id -g)" "$logs"
    chmod -R u+rwX,a+rX "$logs"
    while IFS= read -r -d '' file; do
        mv "$file" "${file%.log}.txt"
    done < <(find "$logs" -name '*.log' -type f -print0)
    [ ! -e "$logs/localrc" ] || mv "$logs/localrc" "$logs/localrc.txt"
    find "$logs" -name '*.txt' -type f -exec gzip -9f {} +
}
