# Looks whether this node may take a build. Changes nothing. Read by sh from its standard input, after lines that set:
#   root   the agent's directory
#   gate   where devstack-gate must be, empty for no look
#   stack  where runs install and mount
# Each answer is a line "metaplugin-ci NAME VALUE".
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() {
  printf 'metaplugin-ci %s %s\n' "$1" "$2"
}
# Nothing here may wait for a terminal, a password or a dead file server.
bounded() {
  timeout -k 2 10 "$@" </dev/null 2>/dev/null
}
# The last thing but this may take long, so the clock is read first and last.
say begin "$(date +%s.%N)"

if bounded sudo -n true; then
  say sudo yes
  as_root='sudo -n'
else
  say sudo no
  as_root=
fi
say git "$(bounded git --version | head -n 1 | cut -c 1-100)"
say java "$(timeout -k 2 20 java -version 2>&1 </dev/null | grep -i version | head -n 1 | cut -c 1-100)"
if [ -n "$gate" ]; then
  if [ -r "$gate/devstack-vm-gate-wrap.sh" ]; then say gate yes
  elif [ -d "$gate" ]; then say gate empty
  else say gate no
  fi
fi

# The file system that the directory is on, or will be on.
place=$root
while [ ! -d "$place" ] && [ -n "$place" ]; do
  place=${place%/*}
done
say disk "$(bounded df -Pk "${place:-/}" | awk 'END { print $4 }')"
say memory "$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"

# Mounts of an earlier run.
while read -r device at rest; do
  case $at in
    "$stack" | "$stack"/* | "$root"/workspace/*) say mount "$at" ;;
  esac
done </proc/mounts | head -n 5

# What an earlier run left running: processes in its directories or with its environment, but for those that belong to the
# agent that asks, which may have builds of other jobs.
agent=$PPID
up=0
while [ "$up" -lt 4 ] && [ "$agent" -gt 1 ]; do
  case $(tr '\0' ' ' <"/proc/$agent/cmdline" 2>/dev/null) in
    *.jar*) break ;;
  esac
  agent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$agent/status" 2>/dev/null)
  agent=${agent:-1}
  up=$((up + 1))
done
[ "$agent" -gt 1 ] || agent=$$
# shellcheck disable=SC2016
timeout -k 2 20 $as_root sh -c '
  root=$0 stack=$1 agent=$2
  marked=$(grep -lE "(^|[^A-Z_])ZUUL_UUID=" /proc/[0-9]*/environ 2>/dev/null)
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    where=$(readlink "$process/cwd" 2>/dev/null) || where=
    case "$where/" in
      "$stack"/* | "$root"/workspace/*) ;;
      *)
        case "
$marked
" in
          *"
$process/environ
"*) ;;
          *) continue ;;
        esac
        ;;
    esac
    parent=$pid
    while [ "${parent:-0}" -gt 1 ] && [ "$parent" != "$agent" ]; do
      parent=$(awk "\$1 == \"PPid:\" { print \$2 }" "/proc/$parent/status" 2>/dev/null)
    done
    [ "$parent" != "$agent" ] || continue
    name=$(cut -c 1-40 "$process/comm" 2>/dev/null) || continue
    printf "metaplugin-ci process %s %s\n" "$pid" "$name"
  done
' "$root" "$stack" "$agent" 2>/dev/null </dev/null | head -n 5
say end "$(date +%s.%N)"
