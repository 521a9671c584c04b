# Sends files of this node to standard output, as tar archives framed by lines. NodeScript puts the calls of `section` and
# their limits in the place of the marked line; NodeStream reads the output.
#
# Everything is read as root where sudo asks for no password, since devstack-gate leaves logs that only root may read.
# Only the standard tools of a Linux machine are used: sh, find, tar, timeout, head, tail, sed, grep, tee of GNU; gzip and
# sha256sum where they are there.
exec 2>/dev/null
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
export LC_ALL PATH

as_root=
seen=
failed=

# The directory without symbolic links in its path. $1 directory, $2 name in it or nothing
physical() {
  $as_root timeout -k 5 30 sh -c \
    'cd -P -- "$1" && if [ -n "$2" ]; then cd -P -- "./$2"; fi && pwd -P' sh "$1" "$2" </dev/null
}

# One archive of the files in directory $1 whose path matches $2; files above $3 bytes are left out, the archive is cut
# after $4 bytes. Ends with 0, with 1 when files changed meanwhile, else with another status.
reader='
cd -P -- "$1" || exit 3
matching() {
  find . -regextype posix-extended ! -type d -regex "$pattern" "$@"
}
pattern=$2
# A file that has a name elsewhere too need not be a log: whoever made the link may not even have been able to read it.
outside=$(
  find . -type f -links +1 -printf "%i %n\n" | sort | uniq -c | while read -r names inode links; do
    [ "$names" -ge "$links" ] || echo "-o -inum $inode"
  done | head -n 2001
)
if [ "$(printf "%s" "$outside" | wc -l)" -lt 2000 ]; then outside="-links +1 ( -false $outside )"; else outside="-links +1"; fi
matching -type f $outside -printf "left out, a hard link to a file elsewhere: %p\n" >&2
matching -type f ! -readable -printf "left out, not readable: %p\n" >&2
matching -type f -size +"$3"c -printf "left out, longer than $3 bytes: %p\n" >&2
exec 4>&1
codes=$(
  {
    { matching ! \( -type f \( ! -readable -o -size +"$3"c -o \( $outside \) \) \) -print0; echo "find=$?;" >&3; } |
      { tar --create --file=- --format=gnu --blocking-factor=20 --null --no-recursion --hard-dereference \
        --ignore-failed-read --files-from=-; echo "tar=$?;" >&3; } |
      head -c "$4" >&4
  } 3>&1
)
case $codes in *"find=0;"*|*"find=1;"*) ;; *) exit 4 ;; esac
case $codes in *"tar=0;"*) exit 0 ;; *"tar=1;"*) exit 1 ;; *) exit 2 ;; esac
'

# $1 number of the section, $2 directory, $3 name in it or nothing, $4 pattern, $5 name at the log server
section() {
  where=$(physical "$2" "$3") || { echo "ABSENT $1"; return 0; }
  key="|$where|$4|$5|"
  case $seen in *"$key"*) echo "SAME $1"; return 0 ;; esac
  seen=$seen$key
  left=$((deadline - $(date +%s)))
  [ "$left" -gt 0 ] || left=1
  echo "SOURCE $1"
  exec 3>&1
  report=$(
    {
      $as_root timeout -k 10 "$left" sh -c "$reader" sh "$where" "$4" "$file_limit" "$stream_limit" 2>&1 >&3 3>&-
      echo "STATUS $?"
    } </dev/null | tail -c 4000
  )
  exec 3>&-
  printf '\nREPORT %s\n' "$1"
  printf '%s\n' "$report" | sed 's/^/!/'
  echo "END $1"
  case $report in *"STATUS 0" | *"STATUS 1") return 0 ;; esac
  failed=${report##*STATUS }
  return 1
}

# All sections, to standard output; which status was the first bad one, to descriptor 9.
body() {
  sections && echo DONE
  echo "failed=$failed;" >&9
}

# What goes over the network is packed where the node can: its processors have nothing else to do by now.
pack() {
  if [ "$form" = gzip ]; then gzip -1 -c; else cat; fi
}

main() {
  deadline=$(($(date +%s) + seconds))
  if [ "$(id -u)" != 0 ] && timeout -k 5 30 sudo -n true </dev/null >&2; then
    as_root='sudo -n'
  fi
  form=plain
  digest=none
  command -v gzip >/dev/null && form=gzip
  if command -v sha256sum >/dev/null && (echo | tee /dev/fd/8 >/dev/null) 8>/dev/null; then
    digest=sha256
  fi
  echo "METAPLUGIN-CI LOGS 2 $form $digest"
  exec 5>&1
  # 8 is the pipe to sha256sum: unlike a socket, as standard output may be, it can be opened by its name
  if [ "$digest" = sha256 ]; then
    ended=$(exec 9>&1; { body 5>&- 8>&- | tee /dev/fd/8 | pack >&5 8>&-; } 8>&1 | sha256sum)
  else
    ended=$(exec 9>&1; body 5>&- | pack >&5)
  fi
  printf '\nSHA256 %s\n' "$(printf '%s' "$ended" | grep -o '[0-9a-f]\{64\}' || echo none)"
  # More than a pipe holds: whoever copies our output may lose or spoil what it has when we end.
  head -c 131072 /dev/zero
  failed=${ended##*failed=}
  failed=${failed%%;*}
  [ -z "$failed" ] || printf '\nFAILED %s\n' "$failed"
}

@CALLS@

main
