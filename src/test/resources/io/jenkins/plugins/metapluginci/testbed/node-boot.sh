#!/bin/bash
# Brings a node up: first process of its namespaces (PID, mount, UTS), on the host's file system still.
# Arguments: directory of the node, its name, directory that the node must not see.
# Every mount below is private to the namespace and ends with it.
set -eu
dir=$1 name=$2 hidden=$3
root=$dir/root
hostname "$name"
mount -t overlay "$name" -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" "$root"
# The test bed itself (homes, keys, logs of the other parts) lies on the same disk and is none of the node's business.
mount -t tmpfs -o mode=700 hidden "$root$hidden"
mount -t proc proc "$root/proc"
mount --bind "$dir/boot_id" "$root/proc/sys/kernel/random/boot_id"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
# What a machine forgets when it reboots.
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs -o mode=755 run "$root/run"
cd /
exec chroot "$root" /bin/bash /etc/testbed/init.sh
