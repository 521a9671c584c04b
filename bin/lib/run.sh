# Sourced by the commands of bin/ that run one of several main classes of the test sources, after setup.sh and build.sh.
# run_named PACKAGE SUFFIX NAME [-DOPTION=VALUE ...] [words]: runs PACKAGE/<Name>SUFFIX.java. Without a name, says which there are.
run_named() {
  local package=$1 suffix=$2 name=${3:-}
  local sources=src/test/java/io/jenkins/plugins/metapluginci/$package
  local class
  class="$(printf '%s' "${name:0:1}" | tr '[:lower:]' '[:upper:]')${name:1}$suffix"
  if [[ ! "$name" =~ ^[a-zA-Z]+$ ]] || [ ! -e "$sources/$class.java" ]; then
    echo "usage: bin/$package NAME [-DOPTION=VALUE ...] [words]" >&2
    echo "names:$(cd "$sources" && ls ./*"$suffix.java" | sed "s#^\./\(.*\)$suffix\.java\$# \1#" | tr '[:upper:]' '[:lower:]' | tr -d '\n')" >&2
    exit 2
  fi
  shift 3
  local options=() words=() word
  for word; do
    case "$word" in
      -D* | -X*) options+=("$word") ;;
      *) words+=("$word") ;;
    esac
  done
  setup_packages
  build_tests
  exec java "${options[@]}" -Djava.awt.headless=true -Dhpi.file=target/metaplugin-ci.hpi -Dtestbed.parts=target/parts \
    -cp "$TEST_CLASSPATH" "io.jenkins.plugins.metapluginci.$package.$class" "${words[@]}"
}
