# Makes this machine a node that can run devstack-gate, as far as it is not one yet. Run as root by sh, after lines that set:
#   root      the agent's directory
#   gate      where devstack-gate goes, empty for nowhere
#   mirror    URL of the mirror that apt uses, empty to leave its sources
#   packages  what must be installed, separated by blanks
#   key       public key that may log in as jenkins, empty for none
# It can be run again: what is right already is left alone. Each line that begins with "changed:" names a change.
LC_ALL=C
DEBIAN_FRONTEND=noninteractive
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL DEBIAN_FRONTEND PATH
umask 022
user=jenkins
home=/home/jenkins
kept=before-metaplugin-ci

changed() {
  echo "changed: $*"
}
fine() {
  echo "fine: $*"
}
fail() {
  echo "failed: $*"
  exit 1
}
# new FILE MODE: makes FILE have what comes on standard input, unless it has.
new() {
  cat >"$1.$$" || fail "$1 cannot be written"
  if [ -f "$1" ] && cmp -s "$1" "$1.$$"; then
    rm -f "$1.$$"
    return 1
  fi
  chmod "$2" "$1.$$" && mv -f "$1.$$" "$1" || fail "$1 cannot be written"
}

[ "$(id -u)" = 0 ] || fail "this must be run as root"

# Packages
if [ -n "$mirror" ]; then
  [ -d /etc/apt ] || fail "a mirror is set, but there is no apt"
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [ -n "$codename" ] || codename=$(. /etc/os-release && echo "${VERSION:-}" | sed -n 's/.*(\([a-z]*\)).*/\1/p; s/.*, \([A-Z][a-z]*\) .*/\1/p' | tr 'A-Z' 'a-z' | head -n 1)
  [ -n "$codename" ] || fail "/etc/os-release does not tell the release's name"
  case $(. /etc/os-release && echo "${ID:-}") in
    ubuntu) parts="main restricted universe multiverse" suites="$codename $codename-updates $codename-security" ;;
    *) parts=main suites="$codename $codename-updates" ;;
  esac
  for other in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -f "$other" ] || continue
    mv -f "$other" "$other.$kept" && changed "$other is no longer used"
  done
  [ -e /etc/apt/sources.list.$kept ] || [ ! -e /etc/apt/sources.list ] || cp -p /etc/apt/sources.list /etc/apt/sources.list.$kept
  if for suite in $suites; do echo "deb $mirror $suite $parts"; done | new /etc/apt/sources.list 644; then
    changed "apt uses $mirror"
  else
    fine "apt uses $mirror"
  fi
fi

java_version() {
  java -version 2>&1 </dev/null | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
}
missing=
for package in $packages; do
  case $package in
    *-jre | *-jre-* | *-jdk | *-jdk-*)
      version=$(java_version)
      [ "${version:-0}" -lt 17 ] || continue
      ;;
  esac
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  fine "packages: $packages"
else
  command -v apt-get >/dev/null || fail "there is no apt-get here; install these by hand:$missing"
  apt-get -q -o DPkg::Lock::Timeout=600 update </dev/null || fail "apt-get update ended with $?"
  # shellcheck disable=SC2086
  apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold --no-install-recommends install $missing </dev/null ||
    fail "apt-get could not install$missing"
  changed "installed$missing"
fi

# The user that builds run as
if id "$user" >/dev/null 2>&1; then
  fine "user $user"
else
  useradd --create-home --home-dir "$home" --shell /bin/bash "$user" || fail "user $user could not be made"
  changed "user $user"
fi
# A locked account is refused its keys, too, where sshd runs without PAM. No password has this hash.
case $(getent shadow "$user" | cut -d : -f 2) in
  '!'*) usermod --password '*' "$user" && changed "$user may log in with a key" ;;
esac
owned() {
  if [ ! -d "$1" ]; then
    mkdir -p "$1" && chown "$user:" "$1" || fail "$1 could not be made"
    changed "directory $1"
  elif [ "$(stat -c %U "$1")" != "$user" ]; then
    chown "$user:" "$1" || fail "$1 could not be given to $user"
    changed "directory $1 belongs to $user"
  fi
}
owned "$home"
case $root in
  "$home"/*) owned "$root" ;;
esac
if [ -n "$key" ]; then
  owned "$home/.ssh"
  keys=$home/.ssh/authorized_keys
  if [ -f "$keys" ] && grep -qxF -e "$key" "$keys"; then
    fine "authorized key"
  else
    printf '%s\n' "$key" >>"$keys" && chmod 600 "$keys" && chown "$user:" "$keys" || fail "$keys cannot be written"
    chmod 700 "$home/.ssh"
    changed "authorized key"
  fi
fi

# sudo without a password and without a terminal
command -v sudo >/dev/null || fail "there is no sudo: add it to the packages"
[ -d /etc/sudoers.d ] || fail "there is no /etc/sudoers.d"
rules="Defaults:$user !requiretty
$user ALL=(ALL:ALL) NOPASSWD: ALL"
printf '%s\n' "$rules" >/tmp/sudoers.$$
visudo -cq -f /tmp/sudoers.$$ || fail "this sudo does not take the rules"
rm -f /tmp/sudoers.$$
if printf '%s\n' "$rules" | new /etc/sudoers.d/metaplugin-ci 440; then
  changed "sudo for $user"
else
  fine "sudo for $user"
fi

# Where git repositories go
owned /opt/git
[ -z "$gate" ] || owned "$gate"
echo "done: the machine"
