#!/bin/sh
# shutdown, reboot, poweroff and halt of a node: ends in reboot(2), which ends everything in the namespace.
what=$(basename "$0")
[ "$(id -u)" -eq 0 ] || { echo "$what: must be superuser." >&2; exit 1; }
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
setsid sh -c "sleep 0.2; exec busybox $how -n -f" </dev/null >/dev/null 2>&1 &
