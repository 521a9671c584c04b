#!/bin/bash
# The job runs a copy of this file. Exit status: of gate_hook; if that is 0, of post_test_hook.
# 137 when the gate's time was over; 1 when something that it needs is missing.

if [ -z "${WORKSPACE:-}" ] || [ ! -r "$WORKSPACE/devstack-gate/functions.sh" ]; then
    echo 'WORKSPACE must be a directory with devstack-gate in it' >&2
    exit 1
fi
source "$WORKSPACE/devstack-gate/functions.sh"
set -o pipefail

start_timer

export BASE=${GATE_BASE:-/opt/stack}
export DEVSTACK_GATE_TIMEOUT=${DEVSTACK_GATE_TIMEOUT:-60}
export DEVSTACK_GATE_NEUTRON=${DEVSTACK_GATE_NEUTRON:-0}
export DEVSTACK_GATE_TEMPEST=${DEVSTACK_GATE_TEMPEST:-0}
export DEVSTACK_GATE_FEATURE_MATRIX=${DEVSTACK_GATE_FEATURE_MATRIX:-features.yaml}
export ZUUL_PROJECT=${ZUUL_PROJECT:-openstack/neutron}

if [ -z "${ZUUL_BRANCH:-}" ]; then
    echo 'ZUUL_BRANCH is not set: no branch to test' >&2
    exit 1
fi

gate_say "Testing $ZUUL_PROJECT ${ZUUL_CHANGE:+change $ZUUL_CHANGE,${ZUUL_PATCHSET:-} }on ${ZUUL_BRANCH} (${ZUUL_REF:-tip of the branch})"
gate_leftovers

rm -rf "$WORKSPACE/logs" "$WORKSPACE/gate.pid"
mkdir -p "$WORKSPACE/logs"

gate_say "Preparing the host"
setup_host >"$WORKSPACE/logs/devstack-gate-setup-host.txt" 2>&1
gate_say "Preparing the trees in $BASE/new"
# A failure here does not end the run, as ever: the gate finds no tree and fails.
setup_workspace "$BASE/new" 2>&1 | tee "$WORKSPACE/logs/devstack-gate-setup-workspace-new.txt"

if [ ! -d "$BASE/logs" ]; then
    mv "$WORKSPACE/logs" "$BASE/"
    ln -s "$BASE/logs" "$WORKSPACE/logs"
fi

call_hook pre_test_hook 2>&1 | tee "$WORKSPACE/devstack-gate-pre-test-hook.txt"

if [ "$(type -t gate_hook)" != function ]; then
    function gate_hook {
        timeout -s 9 "${REMAINING_TIME}${GATE_TIME_UNIT:-m}" "$BASE/new/devstack-gate/devstack-vm-gate.sh"
    }
fi
remaining_time
call_hook gate_hook 2>&1 | tee "$WORKSPACE/devstack-gate-gate-hook.txt"
RETVAL=$?
gate_say "The gate ended with status $RETVAL"

if [ "$RETVAL" -eq 0 ]; then
    call_hook post_test_hook 2>&1 | tee "$WORKSPACE/devstack-gate-post-test-hook.txt"
    RETVAL=$?
fi

if [ "$RETVAL" -eq 137 ] && [ -s "$WORKSPACE/gate.pid" ]; then
    gate_say "Out of time: killing what the gate had started"
    sudo -n kill -9 -- "-$(cat "$WORKSPACE/gate.pid")" 2>/dev/null
fi
rm -f "$WORKSPACE/gate.pid"

cleanup_host
gate_say "Done, status $RETVAL"
exit "$RETVAL"
