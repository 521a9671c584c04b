#!/bin/bash
# Init of a node, inside its root: sets the machine up when it starts for the first time, then starts its services.
# /etc/testbed holds this file, sshd_config, authorized_keys and, on a node whose agent connects by itself, agent.sh.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset OLDPWD
bed=/etc/testbed

first_boot() {
  set -e
  local name home=/home/jenkins
  name=$(hostname)
  rm -f /etc/hostname /etc/hosts
  echo "$name" >/etc/hostname
  echo "127.0.0.1 localhost $name" >/etc/hosts

  id jenkins >/dev/null 2>&1 || useradd --no-create-home --shell /bin/bash jenkins
  # No password fits, but the account is not locked: sshd refuses a locked one its keys, too.
  usermod --home "$home" --shell /bin/bash --password '*' jenkins
  mkdir -p "$home/.ssh" "$home/workspaces"
  cp "$bed/authorized_keys" "$home/.ssh/authorized_keys"
  chmod 700 "$home/.ssh"
  chown -R jenkins: "$home"
  rm -f /etc/sudoers.d/jenkins
  echo 'jenkins ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/jenkins
  chmod 440 /etc/sudoers.d/jenkins

  rm -f "$bed"/ssh_host_rsa_key*
  ssh-keygen -q -t rsa -b 2048 -N '' -f "$bed/ssh_host_rsa_key"

  # The real ones talk to systemd, which is not here. They return at once, and a moment later the machine goes.
  local command
  for command in shutdown reboot poweroff halt; do
    rm -f "/sbin/$command"
    cp "$bed/shutdown" "/sbin/$command"
    chmod 755 "/sbin/$command"
  done

  rm -rf /opt/stack /opt/devstack-gate
  mkdir -p /etc/openvswitch /var/log/openvswitch
  rm -f /etc/openvswitch/conf.db /etc/openvswitch/.conf.db.~lock~
  ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
  ls "$bed" >"$bed/ready"
}
[ -e "$bed/ready" ] || (first_boot) || exit 70

mkdir -p /run/sshd /run/openvswitch /run/lock
ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --detach --no-chdir \
  -vconsole:off -vsyslog:off -vfile:warn --log-file
ovs-vsctl --no-wait --timeout=10 init
# ovs-vsctl waits until vswitchd has done what the database says. This one makes bridges in memory only, never in the
# kernel that the nodes share.
ovs-vswitchd --enable-dummy=override --disable-system --pidfile --detach --no-chdir \
  -vconsole:off -vsyslog:off -vfile:warn --log-file
/usr/sbin/sshd -D -e -f "$bed/sshd_config" &
[ ! -e "$bed/agent.sh" ] || setpriv --reuid jenkins --regid jenkins --init-groups \
  env -i PATH="$PATH" HOME=/home/jenkins USER=jenkins LANG=C.UTF-8 /bin/bash "$bed/agent.sh" &
echo "up: $(hostname) $(cat /proc/sys/kernel/random/boot_id)"
# The first process of a machine never ends by itself; bash reaps what is orphaned meanwhile.
while :; do
  wait
  sleep 60 &
done
