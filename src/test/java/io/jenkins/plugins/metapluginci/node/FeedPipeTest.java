package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

public class FeedPipeTest {
    @Test
    public void whatIsWrittenComesOutInPiecesOfAnySize() throws Exception {
        byte[] all = new byte[1_500_000];
        new Random(7).nextBytes(all);
        FeedPipe pipe = new FeedPipe();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                pipe.out.write(all[0]);
                pipe.out.write(all, 1, 10);
                pipe.out.flush();
                pipe.out.write(all, 11, all.length - 11);
                pipe.out.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(pipe.in.read()).isEqualTo(all[0] & 0xff);
        byte[] rest = pipe.in.readAllBytes();
        writer.get(10, TimeUnit.SECONDS);
        assertThat(rest).hasSize(all.length - 1);
        assertThat(java.util.Arrays.mismatch(rest, 0, rest.length, all, 1, all.length))
                .isEqualTo(-1);
        assertThat(pipe.in.read()).isEqualTo(-1);
    }

    @Test
    public void theWriterFailsOnceNobodyReads() throws Exception {
        FeedPipe pipe = new FeedPipe();
        pipe.in.close();
        assertThatThrownBy(() -> pipe.out.write(new byte[10_000_000]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nobody reads on");
    }

    @Test
    public void eachReadMayBeOnAThreadThatEndsThereafter() throws Exception {
        FeedPipe pipe = new FeedPipe();
        for (int i = 0; i < 3; i++) {
            int value = i;
            Thread writer = new Thread(() -> {
                try {
                    pipe.out.write(value);
                    pipe.out.flush();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            writer.start();
            writer.join();
            int[] read = {-2};
            Thread reader = new Thread(() -> {
                try {
                    read[0] = pipe.in.read();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            reader.start();
            reader.join();
            assertThat(read[0]).isEqualTo(i);
        }
    }
}
