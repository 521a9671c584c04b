# Looks at one git repository of a node, or brings it up to date from a bundle. Run as root by sh, after lines that set:
#   action     look, or take
#   directory  where the work tree is, or will be
#   url        where its remote "origin" is, may be empty
#   branch     the branch to have checked out at origin's commit
#   commit     the commit to have checked out instead, may be empty
# To take, the bundle comes on standard input. Looking answers with lines "metaplugin-ci NAME VALUE".
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
GIT_CONFIG_NOSYSTEM=1
GIT_CONFIG_GLOBAL=/dev/null
HOME=/
export LC_ALL PATH GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL HOME directory url branch commit
umask 022
user=jenkins

fail() {
  echo "failed: $*"
  exit 1
}
# What builds did to it may be anything: git runs as the user, and without hooks.
as_user() {
  su -s /bin/sh "$user" -c "$1" </dev/null
}

if [ "$action" = look ]; then
  [ -d "$directory/.git" ] || exit 0
  as_user '
    cd "$directory" || exit 0
    git for-each-ref --format="metaplugin-ci ref %(objectname) %(refname)" refs/remotes/origin
    echo "metaplugin-ci head $(git rev-parse --verify -q HEAD)"
    echo "metaplugin-ci url $(git config remote.origin.url)"
    git diff-index --quiet HEAD -- && [ -z "$(git ls-files --others --exclude-standard | head -n 1)" ] &&
      echo "metaplugin-ci clean yes"
    exit 0
  '
  exit
fi

parent=${directory%/*}
at=/opt/git
while [ "$parent" != "$at" ] && [ "${parent#"$at"/}" != "$parent" ]; do
  rest=${parent#"$at"/}
  at=$at/${rest%%/*}
  [ -d "$at" ] || { mkdir "$at" && chown "$user:" "$at"; } || fail "$at could not be made"
done
[ -d "$directory" ] || mkdir -p "$directory" || fail "$directory could not be made"
bundle=$directory.bundle
export bundle
trap 'rm -f "$bundle"' EXIT
cat >"$bundle" || fail "$bundle could not be written"
chmod 644 "$bundle"
chown -R "$user:" "$directory" || fail "$directory could not be given to $user"
as_user '
  cd "$directory" || exit 1
  if ! git rev-parse --git-dir >/dev/null 2>&1 || [ ! -d .git ]; then
    git init -q . || exit 1
  fi
  rm -f .git/index.lock .git/HEAD.lock .git/shallow.lock
  if [ -n "$url" ]; then
    git config remote.origin.url "$url" && git config --replace-all remote.origin.fetch "+refs/heads/*:refs/remotes/origin/*"
  fi || exit 1
  git -c gc.auto=0 fetch -q --prune --no-tags "$bundle" "+refs/heads/*:refs/remotes/origin/*" || exit 1
  if [ -n "$commit" ]; then
    git -c core.hooksPath=/dev/null checkout -q -f --detach "$commit" --
  else
    git -c core.hooksPath=/dev/null checkout -q -f -B "$branch" "refs/remotes/origin/$branch" --
  fi || exit 1
  git clean -qffd
' || fail "git could not bring $directory up to date"
