package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.io.IOException;
import java.util.List;
import org.junit.Test;

public class GerritQueryTest {
    private static final String STATS =
            "{\"type\":\"stats\",\"rowCount\":1,\"runTimeMilliseconds\":6,\"moreChanges\":false}\n";

    private static List<QueriedChange> answer(String stdout) throws IOException {
        return GerritQuery.changes(QueryAnswer.of(new ExecResult(stdout.isEmpty() ? 1 : 0, stdout, ""))
                .rows());
    }

    @Test
    public void aChangeWithItsPatchsetAndComments() throws Exception {
        QueriedChange found = answer("""
                        {"project":"p","branch":"master","number":42,"status":"NEW","open":true,"comments":[\
                        {"timestamp":1700000000,"reviewer":{"username":"ci"},"message":"Patch Set 12: Verified+1\\n\\nBuild"},\
                        {"timestamp":1700000001,"reviewer":{"name":"Gerrit"},"message":"Uploaded patch set 13."}],\
                        "currentPatchSet":{"number":13,"revision":"r","ref":"refs/changes/42/42/13"}}
                        """ + STATS).get(0);
        assertThat(found.open()).isTrue();
        assertThat(found.currentPatchSet().number()).isEqualTo(13);
        assertThat(found.messages()).extracting(GerritMessage::patchset).containsExactly(12, 0);
        assertThat(found.messages().get(0).at().getEpochSecond()).isEqualTo(1_700_000_000);
    }

    @Test
    public void noChangeIsAnAnswerToo() throws Exception {
        assertThat(answer(STATS)).isEmpty();
    }

    @Test
    public void aClosedChangeOfAReleaseThatDoesNotSayOpen() throws Exception {
        assertThat(answer("{\"number\":\"1\",\"status\":\"MERGED\"}\n" + STATS)
                        .get(0)
                        .open())
                .isFalse();
    }

    @Test
    public void errorsAndHalfAnswersAreNotTakenForNoChange() {
        assertThatThrownBy(() -> answer("{\"type\":\"error\",\"message\":\"line 1:0 no viable alternative\"}\n"))
                .hasMessageContaining("no viable");
        assertThatThrownBy(() -> answer("")).hasMessageContaining("no end");
        assertThatThrownBy(() -> answer("{\"number\":1}\n{\"typ")).isInstanceOf(IOException.class);
    }
}
