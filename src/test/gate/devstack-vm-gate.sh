#!/bin/bash
# The gate itself: devstack, then the tests. Run by the default gate_hook, under its time limit.
set -o errexit

source "$BASE/new/devstack-gate/functions.sh"

# The group that the wrap script kills when the time is over.
ps -o pgid= -p $$ | tr -d ' ' >"$WORKSPACE/gate.pid"

matrix=$DEVSTACK_GATE_FEATURE_MATRIX
[[ $matrix == /* ]] || matrix=$BASE/new/devstack-gate/$matrix
services=$(python3 "$BASE/new/devstack-gate/test-matrix.py" -f "$matrix" -b "$ZUUL_BRANCH")
[ -z "${ENABLED_SERVICES:-}" ] || services=$services,$ENABLED_SERVICES

tree=$BASE/new/${ZUUL_PROJECT##*/}
if ! git -C "$tree" rev-parse -q --verify HEAD >/dev/null 2>&1; then
    gate_say "There is no tree of $ZUUL_PROJECT to test"
    exit 1
fi

cat >"$BASE/new/devstack/localrc" <<EOF
DEST=$BASE/new
ENABLED_SERVICES=$services
SCREEN_LOGDIR=$BASE/new/screen-logs
LOGFILE=$BASE/new/devstacklog.txt
EOF

gate_say "Running devstack: $services"
"$BASE/new/devstack/stack.sh"

if [ ! -x "$tree/metaplugin-test.sh" ]; then
    gate_say "$ZUUL_PROJECT has no executable metaplugin-test.sh"
    exit 1
fi
gate_say "Running the tests of $ZUUL_PROJECT: ${DEVSTACK_GATE_TEMPEST_REGEX:-all}"
cd "$tree"
set +o errexit
set -o pipefail
./metaplugin-test.sh 2>&1 | tee "$BASE/new/tempest.log"
status=$?
gate_say "The tests ended with status $status"
exit $status
