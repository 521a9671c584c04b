package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class RelayTest {

    private ServerSocket server;
    private Relay relay;
    private Socket near;
    private Socket far;

    @Before
    public void connect() throws IOException {
        server = new ServerSocket(0, 5, Ports.loopback());
        relay = new Relay("test", server.getLocalPort());
        near = new Socket(Ports.loopback(), relay.port());
        far = server.accept();
        near.setSoTimeout(300);
        far.setSoTimeout(5000);
        Await.until("the relay knows the connection", Duration.ofSeconds(5), () -> relay.connections() == 1);
    }

    @After
    public void close() throws IOException {
        relay.close();
        near.close();
        far.close();
        server.close();
    }

    @Test
    public void itPassesDataAndTheEndOfItBothWays() throws IOException {
        near.getOutputStream().write(7);
        assertThat(far.getInputStream().read()).isEqualTo(7);
        far.getOutputStream().write(8);
        assertThat(near.getInputStream().read()).isEqualTo(8);
        near.shutdownOutput();
        assertThat(far.getInputStream().read()).isEqualTo(-1);
        far.getOutputStream().write(9);
        assertThat(near.getInputStream().read()).isEqualTo(9);
    }

    @Test
    public void frozenItHoldsDataAndEndsUntilItThaws() throws IOException {
        relay.freeze();
        far.getOutputStream().write(8);
        far.close();
        assertThatThrownBy(() -> near.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThat(relay.connections()).isEqualTo(1);
        relay.thaw();
        near.setSoTimeout(5000);
        assertThat(near.getInputStream().read()).isEqualTo(8);
        assertThat(near.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    public void cutConnectionsEndAndNewOnesWork() throws IOException {
        relay.cut();
        assertThat(far.getInputStream().read()).isEqualTo(-1);
        try (Socket again = new Socket(Ports.loopback(), relay.port());
                Socket accepted = server.accept()) {
            again.getOutputStream().write(1);
            accepted.setSoTimeout(5000);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    public void strandedConnectionsPassNothingUntilTheyAloneAreCut() throws IOException {
        assertThat(relay.strand()).isEqualTo(1);
        assertThat(relay.strand()).isZero();
        far.getOutputStream().write(8);
        assertThatThrownBy(() -> near.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        try (Socket again = new Socket(Ports.loopback(), relay.port());
                Socket accepted = server.accept()) {
            accepted.setSoTimeout(5000);
            again.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            relay.cutStranded();
            near.setSoTimeout(5000);
            assertThat(near.getInputStream().read()).isEqualTo(-1);
            again.getOutputStream().write(2);
            assertThat(accepted.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    public void itCanRefuseNewConnections() throws IOException {
        relay.refuse(true);
        try (Socket refused = new Socket(Ports.loopback(), relay.port())) {
            refused.setSoTimeout(5000);
            assertThat(refused.getInputStream().read()).isEqualTo(-1);
        }
        near.getOutputStream().write(3);
        assertThat(far.getInputStream().read()).isEqualTo(3);
    }

    @Test
    public void itCanBeSlow() throws IOException {
        relay.delay(200);
        long start = System.nanoTime();
        near.getOutputStream().write(3);
        assertThat(far.getInputStream().read()).isEqualTo(3);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
}
