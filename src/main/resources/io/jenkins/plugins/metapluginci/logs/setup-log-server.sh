#!/bin/sh
# Makes a Debian machine the log server of Metaplugin CI: an account that can do nothing but write files over SFTP, below one
# directory, and a web site that shows them. Run it as root; running it again changes what has changed.
#
#   setup-log-server.sh --key 'ssh-ed25519 AAAA... ci@controller' --name logs.example.org
#
# --key KEY        public key of the controller, one line; may be given more than once
# --name NAME      the name that readers type; default: this machine's
# --user USER      the account; default: metalogs
# --directory DIR  where everything goes, owned by root; default: /srv/metaplugin-ci
# --listen A:P     address and port of the web site; default: port 80 of all addresses, as Apache listens anyway
# --no-reload      leaves running daemons alone
set -eu

fail() {
  echo "setup-log-server: $*" >&2
  exit 1
}

user=metalogs
directory=/srv/metaplugin-ci
name=$(hostname -f 2>/dev/null || hostname)
listen=
reload=yes
keys=
while [ $# -gt 0 ]; do
  case "$1" in
    --key | --name | --user | --directory | --listen) [ $# -ge 2 ] || fail "$1 needs a value" ;;
  esac
  case "$1" in
    --key) keys="$keys$2
"; shift 2 ;;
    --name) name=$2; shift 2 ;;
    --user) user=$2; shift 2 ;;
    --directory) directory=${2%/}; shift 2 ;;
    --listen) listen=$2; shift 2 ;;
    --no-reload) reload=; shift ;;
    *) fail "unknown option: $1" ;;
  esac
done

# What goes into configuration files is checked first.
matches() {
  printf '%s' "$2" | LC_ALL=C grep -Eqx "$1" && [ "$(printf '%s' "$2" | wc -l)" -eq 0 ]
}
matches '[a-z][a-z0-9_-]{0,30}' "$user" || fail "not a name for an account: $user"
matches '(/[A-Za-z0-9._-]+)+' "$directory" || fail "not an absolute plain path: $directory"
matches '[A-Za-z0-9.-]+' "$name" || fail "not a host name: $name"
[ -z "$listen" ] || matches '(\[[0-9a-fA-F:]+\]|[0-9.]+):[0-9]{1,5}' "$listen" || fail "not an address and a port: $listen"
[ -n "$keys" ] || fail "which --key may write?"
printf '%s' "$keys" | while IFS= read -r line; do
  matches '(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+( .*)?' "$line" || fail "not a public key: $line"
done || exit 1
[ "$(id -u)" -eq 0 ] || fail "run it as root"

PATH=$PATH:/usr/sbin:/sbin
export PATH

missing=
for package in openssh-server apache2; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update
  # shellcheck disable=SC2086 # a list
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
fi

# The account: no shell, no password, nothing of its own.
id "$user" >/dev/null 2>&1 ||
  useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin "$user"
[ "$(id -u "$user")" -ne 0 ] || fail "$user is root"

# sshd wants the directory that the account is locked into to be root's; it writes one below.
mkdir -p "$directory/logs"
parent=$directory
while [ "$parent" != / ]; do
  [ "$(stat -c %u "$parent")" -eq 0 ] || [ "$parent" = "$directory" ] || fail "$parent is not root's"
  parent=$(dirname "$parent")
done
chown root:root "$directory"
chmod 755 "$directory"
chown "$user:$user" "$directory/logs"
chmod 755 "$directory/logs"

mkdir -p /etc/ssh/metaplugin-ci /etc/ssh/sshd_config.d
chmod 755 /etc/ssh/metaplugin-ci
printf '%s' "$keys" >"/etc/ssh/metaplugin-ci/$user.keys"
chmod 644 "/etc/ssh/metaplugin-ci/$user.keys"
grep -Eqi '^[[:space:]]*Include[[:space:]]+/etc/ssh/sshd_config\.d/' /etc/ssh/sshd_config ||
  sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config
cat >/etc/ssh/sshd_config.d/metaplugin-ci.conf <<END
# Written by setup-log-server.sh of Metaplugin CI.
Match User $user
  ChrootDirectory $directory
  ForceCommand internal-sftp -u 022
  AuthorizedKeysFile /etc/ssh/metaplugin-ci/%u.keys
  AuthenticationMethods publickey
  PasswordAuthentication no
  DisableForwarding yes
  PermitTTY no
  PermitUserRC no
  PermitTunnel no
END
[ -d /run/sshd ] || mkdir -m 755 /run/sshd
ssh-keygen -A >/dev/null
sshd -t || fail "sshd does not take its configuration: see /etc/ssh/sshd_config.d/metaplugin-ci.conf"

address='*:80'
url=http://$name/
listens=
if [ -n "$listen" ]; then
  address=$listen
  listens="Listen $listen"
  url=http://$name:${listen##*:}/
fi
site=/etc/apache2/sites-available/metaplugin-ci-logs.conf
{
  [ -z "$listens" ] || echo "$listens"
  sed -e "s|@LISTEN@||" -e "s|@ADDRESS@|$address|" -e "s|@NAME@|$name|" -e "s|@PATH@|/|" \
    -e "s|@ROOT@|DocumentRoot \"$directory/logs\"|" -e "s|@DIRECTORY@|$directory/logs|" <<'END'
@SITE@END
} >"$site"
a2enmod -q authz_core autoindex dir headers mime
a2ensite -q metaplugin-ci-logs
apache2ctl configtest 2>/dev/null || { apache2ctl configtest; fail "Apache does not take $site"; }

if [ -n "$reload" ]; then
  for service in ssh apache2; do
    if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
      systemctl enable --now "$service"
      systemctl reload-or-restart "$service"
    else
      service "$service" restart
    fi
  done
fi

port=$(sshd -T 2>/dev/null | sed -n 's/^port //p' | head -1)
cat <<END

Done. On the configuration page of Metaplugin CI:
  Host             $name
  SSH port         ${port:-22}
  User             $user
  Root directory   /logs
  Base URL         $url
  Host keys        (compare them, then copy)
END
cat /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null || cat /etc/ssh/ssh_host_*_key.pub
