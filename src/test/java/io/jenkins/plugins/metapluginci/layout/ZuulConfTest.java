package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.Test;

/** Connections out of a zuul.conf. */
public class ZuulConfTest {
    @Test
    public void connectionsInTheirOrder() {
        assertThat(ZuulConf.connections("""
                        # a comment
                        [zuul]
                        driver=none
                        [connection review]
                        driver=gerrit
                        server: review.example.org
                        user = jenkins
                        [Connection "my mail"]
                        default_to=x=y
                        Driver : smtp ; as ConfigParser has it
                        [connection 'db']
                        driver = sql
                        """))
                .containsExactly(entry("review", "gerrit"), entry("my mail", "smtp"), entry("db", "sql"));
    }

    @Test
    public void sectionsOfBeforeConnections() {
        assertThat(ZuulConf.connections("[gearman]\nserver=x\n[gerrit]\nserver=y\n[smtp]\n"))
                .containsExactly(entry("gerrit", "gerrit"), entry("smtp", "smtp"));
        assertThat(ZuulConf.connections("[gerrit]\nserver=y\n[connection gerrit]\ndriver=gerrit\n"))
                .containsExactly(entry("gerrit", "gerrit"));
        assertThat(ZuulConf.connections("")).isEmpty();
    }

    @Test
    public void whatZuulRefuses() {
        assertThatThrownBy(() -> ZuulConf.connections("[connection review]\nserver=x\n[zuul]\ndriver=gerrit\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No driver specified for connection review.");
        assertThatThrownBy(() -> ZuulConf.connections("[connection hub]\ndriver=github\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown driver, github, for connection hub");
    }
}
