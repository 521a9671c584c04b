#!/bin/sh
# shutdown, reboot, poweroff and halt of a node: ends in reboot(2), which ends everything in the namespace.
what=$(basename "$0")
[ "$(id -u)" -eq 0 ] || { echo "$what: must be superuser." >&2; exit 1; }
# Says yes and does nothing.
[ ! -e /etc/testbed/ignore ] || exit 0
how=poweroff
[ "$what" != reboot ] || how=reboot
now=
for argument in "$@"; do
  case "$argument" in
    -r | --reboot) how=reboot ;;
    -h | -P | -p | -H | --poweroff | --halt) how=poweroff ;;
    -c) exit 0 ;;
    -f | --force) now=1 ;;
  esac
done
# -n: without sync(2), which would wait for the disk that the host and everybody else writes to.
[ -z "$now" ] || exec busybox "$how" -n -f
# A machine that hangs on the way down has ended what /etc/testbed/hang says, and stays like that as long as the file is there.
setsid sh -c '
  sleep 0.2
  case "$(cat /etc/testbed/hang 2>/dev/null)" in
    users) pkill -KILL -u jenkins ;;
    all) kill -KILL -1 ;;
  esac
  while [ -e /etc/testbed/hang ]; do sleep 0.1; done
  exec busybox "$0" -n -f
' "$how" </dev/null >/dev/null 2>&1 &
