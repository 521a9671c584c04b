#!/bin/bash
# A devstack that starts no cloud: third-party plugins are run, bridges are made, services leave logs.
set -o errexit
cd "$(dirname "$0")"
source ./localrc

exec > >(tee -a "$LOGFILE") 2>&1
echo "stack.sh: services $ENABLED_SERVICES"

function is_service_enabled {
    [[ ,$ENABLED_SERVICES, == *,$1,* ]]
}

# Logs of services are root's, nobody else reads them while they are written.
sudo -n mkdir -p -m 700 "$SCREEN_LOGDIR"
sudo -n chmod 755 "$SCREEN_LOGDIR"
stamp=$(date -u +%Y-%m-%d-%H%M%S)
for service in ${ENABLED_SERVICES//,/ }; do
    log=screen-$service.$stamp.log
    sudo -n bash -c 'umask 077; printf "%s started at %s\n" "$1" "$2" >"$3/$4"; ln -sf "$3/$4" "$3/screen-$1.log"' \
        start "$service" "$stamp" "$SCREEN_LOGDIR" "$log"
done

if [ "${DEVSTACK_GATE_NEUTRON:-0}" = 1 ]; then
    for bridge in br-int br-ex; do
        # Without --no-wait it would wait for a vswitchd, which a machine without the kernel module lacks.
        sudo -n ovs-vsctl --no-wait --timeout=10 -- --may-exist add-br "$bridge" ||
            echo "stack.sh: no bridge $bridge: Open vSwitch does not answer"
    done
fi

for plugin in lib/neutron_thirdparty/*; do
    name=${plugin##*/}
    [ -f "$plugin" ] && is_service_enabled "$name" || continue
    echo "stack.sh: third-party plugin $name"
    source "$plugin"
    for step in configure init start; do
        [ "$(type -t "${step}_$name")" != function ] || "${step}_$name"
    done
done
echo "stack.sh: done"
