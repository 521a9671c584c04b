# Sourced by the commands of bin/: installs what is missing on a Debian machine.
# As root it installs; as anyone else it says which command to run, and stops.

PACKAGES=(
  openssh-server       # nodes and log server
  apache2              # reads the logs
  busybox-static       # reboots the nodes
  openvswitch-switch   # ovs-vsctl and ovsdb-server of the nodes
  procps util-linux    # what the test bed calls: pkill, unshare, nsenter, setpriv
  faketime             # nodes whose clock is wrong
  python3-yaml         # reads the feature matrix on the nodes
  chromium chromium-driver   # the status page in a browser
  sudo git rsync openssl
)

# What the build needs, and what the test bed is made of.
setup_packages() {
  install_missing "${PACKAGES[@]}"
}

# What the build alone needs.
setup_build() {
  install_missing
}

# A JDK and Maven, wherever they come from, and the packages given.
install_missing() {
  local missing=() package
  command -v javac >/dev/null || missing+=(default-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    printf 'Some packages are missing. Run this, then try again:\n  sudo apt-get install -y --no-install-recommends %s\n' "${missing[*]}" >&2
    return 1
  fi
  printf 'Installing %s\n' "${missing[*]}"
  # Their services must not start: the tests run daemons of their own, on loopback.
  local policy=/usr/sbin/policy-rc.d made=
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; made=1; }
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
  local status=$?
  [ -z "$made" ] || rm -f "$policy"
  return $status
}
