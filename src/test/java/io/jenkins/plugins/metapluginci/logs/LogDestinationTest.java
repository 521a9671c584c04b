package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.Test;

public class LogDestinationTest {
    @Test
    public void zuulsLogPathStaysAsItIs() {
        String path = "31/98731/2/check/neutron-metaplugin/4f2c9aa";
        assertThat(LogDestination.of(path).path()).isEqualTo(path);
        assertThat(LogDestination.of(" " + path + "/ ").path()).isEqualTo(path);
    }

    @Test
    public void unusualCharactersOfAJobsNameBecomeUnderscores() {
        assertThat(LogDestination.of("my job <b>/7").path()).isEqualTo("my_job__b_/7");
        assertThat(LogDestination.of("プラグイン/7").path()).isEqualTo("プラグイン/7");
        assertThat(LogDestination.of(".ssh/a.b").path()).isEqualTo("_ssh/a.b");
        assertThat(LogDestination.of("a\\..\\b/$X;rm").path()).isEqualTo("a_.._b/_X_rm");
    }

    @Test
    public void nothingLeadsOutOfTheRoot() {
        for (String text : new String[] {
            "", " ", "/", "/etc", "..", "a/../b", "a/..", "./a", "a//b", "a\nb", "a\u0000", "a\u007f", "\u009b",
            "\ud800"
        }) {
            assertThatIllegalArgumentException()
                    .as(text)
                    .isThrownBy(() -> LogDestination.of(text))
                    .withMessageNotContaining("null");
        }
    }

    @Test
    public void lengthIsLimited() {
        assertThat(LogDestination.of("a".repeat(200)).path()).hasSize(200);
        assertThatIllegalArgumentException().isThrownBy(() -> LogDestination.of("a".repeat(201)));
        assertThatIllegalArgumentException().isThrownBy(() -> LogDestination.of("語".repeat(67)));
        assertThatIllegalArgumentException().isThrownBy(() -> LogDestination.of("a/".repeat(501)));
    }

    @Test
    public void theServerPutsItBelowItsRootAndItsUrl() {
        LogDestination place = LogDestination.of("31/プ+1");
        assertThat(new LogServer(Sessions.TARGET, "/srv/logs/", URI.create("http://l/x")).path(place))
                .isEqualTo("/srv/logs/31/プ+1");
        assertThat(new LogServer(Sessions.TARGET, "/", null).path(place)).isEqualTo("/31/プ+1");
        assertThat(new LogServer(Sessions.TARGET, " ", null).path(place)).isEqualTo("./31/プ+1");
        assertThat(new LogServer(Sessions.TARGET, "a", URI.create("http://l/x")).url(place))
                .isEqualTo("http://l/x/31/%E3%83%97+1/");
        assertThat(new LogServer(Sessions.TARGET, "a", URI.create("http://l/")).url(place))
                .startsWith("http://l/31/");
        assertThat(new LogServer(Sessions.TARGET, "a", null).url(place)).isNull();
    }
}
