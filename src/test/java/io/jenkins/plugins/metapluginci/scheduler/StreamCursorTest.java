package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.gerrit.EventKey;
import java.util.List;
import org.junit.Before;
import org.junit.Test;

/** How far the stream is decided: G4 and G5. Times are seconds by Gerrit's clock; a position lies a minute behind. */
public class StreamCursorTest {
    private static final EventKey A = new EventKey("comment-added 1,1 dev a", 1_000);
    private static final EventKey B = new EventKey("comment-added 2,1 dev b", 1_010);

    private final StreamCursor cursor = new StreamCursor();

    @Before
    public void connectedForTheFirstTime() {
        cursor.load(null);
        int turn = cursor.hold();
        assertThat(cursor.missingSince()).isNull();
        cursor.release(turn, 900);
    }

    private void told(EventKey key) {
        cursor.offered(key.at());
        assertThat(cursor.fresh(key, true, key.at())).isTrue();
    }

    private static StreamCursor afterwards(StreamPosition position) {
        StreamCursor next = new StreamCursor();
        next.load(position);
        return next;
    }

    @Test
    public void g4_thePositionStaysBehindWhatIsNotDecided() {
        assertThat(cursor.snapshot().seconds())
                .as("nothing older than the first connection")
                .isEqualTo(840);
        told(A);
        told(B);
        cursor.decided(B, B.at());
        cursor.ignored(5_000);
        assertThat(cursor.snapshot().seconds()).isEqualTo(940);
        cursor.decided(A, A.at());
        assertThat(cursor.snapshot().seconds()).isEqualTo(4_940);
        assertThat(cursor.undecidedCount()).isZero();
    }

    @Test
    public void g4_thePositionStaysWhereItIsUntilTheGapIsAskedFor() {
        told(A);
        cursor.decided(A, A.at());
        int first = cursor.hold();
        told(B);
        cursor.decided(B, B.at());
        cursor.ignored(9_000);
        assertThat(cursor.snapshot().seconds()).isEqualTo(940);
        assertThat(cursor.missingSince()).isEqualTo(940);
        int second = cursor.hold();
        cursor.release(first, 9_000);
        assertThat(cursor.snapshot().seconds())
                .as("the second gap is not asked for yet")
                .isEqualTo(940);
        cursor.release(second, 9_000);
        assertThat(cursor.snapshot().seconds()).isEqualTo(8_940);
    }

    @Test
    public void g5_whatWasDecidedIsKnownAgainAfterAKillAndWhatWasNotIsNew() {
        told(A);
        told(B);
        cursor.decided(A, A.at());
        StreamCursor next = afterwards(cursor.snapshot());
        assertThat(next.missingSince()).isEqualTo(950);
        assertThat(next.fresh(new EventKey(A.what(), A.at() - 3), false, A.at()))
                .as("a query's time is the comment's")
                .isFalse();
        assertThat(next.fresh(B, false, B.at())).isTrue();
    }

    @Test
    public void g5_theStreamTellsNothingTwiceAQueryMay() {
        told(A);
        EventKey later = new EventKey(A.what(), A.at() + 5);
        assertThat(cursor.fresh(later, true, later.at()))
                .as("the same words again, five seconds later")
                .isTrue();
        assertThat(cursor.fresh(new EventKey(A.what(), A.at() + 6), false, A.at() + 6))
                .isFalse();
        assertThat(cursor.fresh(new EventKey(A.what(), A.at() + 600), false, A.at() + 600))
                .isTrue();
        EventKey old = new EventKey("comment-added 3,1 dev c", 0);
        assertThat(cursor.fresh(old, true, 2_000)).isTrue();
        assertThat(cursor.fresh(old, true, 2_001))
                .as("a Gerrit that gives no times")
                .isTrue();
    }

    @Test
    public void anItemsEventCountsAsDecided() {
        told(A);
        String line = cursor.line(A);
        StreamCursor next = afterwards(new StreamPosition(800, List.of()));
        next.remember(line);
        assertThat(next.unsettled()).isTrue();
        assertThat(next.fresh(A, false, A.at())).isFalse();
        assertThat(cursor.line(B)).isNull();
    }

    @Test
    public void whatWasLetGoIsNotAskedForLater() {
        told(A);
        cursor.forget();
        assertThat(cursor.snapshot()).isNull();
        assertThat(cursor.missingSince()).isNull();
        cursor.release(cursor.hold(), 7_000);
        assertThat(cursor.missingSince()).isLessThanOrEqualTo(6_940);
    }

    @Test
    public void oldKeysAreForgotten() {
        for (int i = 0; i < 500; i++) {
            EventKey key = new EventKey("patchset-created " + i + ",1", 0);
            cursor.offered(2_000 + i);
            assertThat(cursor.fresh(key, true, 2_000 + i)).isTrue();
            cursor.decided(key, 2_000 + i);
        }
        assertThat(cursor.snapshot().keys()).hasSizeLessThan(200);
    }
}
