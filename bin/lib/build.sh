# Sourced by the commands of bin/ that run main classes of the test sources; setup.sh is sourced before.
# Sets TEST_CLASSPATH, after a build if something changed since the last one. The plugin's archive and the test bed's parts are
# built with it: target/metaplugin-ci.hpi, target/parts.
build_tests() {
  # Written last by a build that went well.
  local built=target/testbed.classpath
  if [ ! -e "$built" ] || [ ! -e target/metaplugin-ci.hpi ] || [ ! -d target/parts/gerrit ] ||
      [ -n "$(find pom.xml src -newer "$built" -print -quit)" ]; then
    echo "Building the plugin (the first time, Maven downloads what it needs) ..." >&2
    rm -f "$built"
    # Without the option Maven ends with escape sequences also where nobody sees colours.
    MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true" mvn -B -q -ntp verify -DskipUnit -DskipHarness -DskipITs=true -Dspotbugs.skip -Dspotless.check.skip \
      dependency:build-classpath -Dmdep.outputFile="$built" -Dmdep.includeScope=test >&2
  fi
  TEST_CLASSPATH="target/test-classes:target/classes:$(cat "$built")"
}
