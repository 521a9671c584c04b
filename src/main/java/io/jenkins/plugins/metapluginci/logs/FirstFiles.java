package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * The first files of a tree alone: of a stream that was cut, those that came whole. Without a sink it counts them. One thread at
 * a time.
 */
final class FirstFiles implements TreeSink {
    private final TreeSink sink;
    private final int most;
    private int whole;

    private FirstFiles(TreeSink sink, int most) {
        this.sink = sink;
        this.most = most;
    }

    /** Only counts. */
    static FirstFiles count() {
        return new FirstFiles(null, 0);
    }

    /** Passes on so many. */
    static FirstFiles of(TreeSink sink, int most) {
        return new FirstFiles(sink, most);
    }

    /** How many files came to their end. */
    int whole() {
        return whole;
    }

    @Override
    public Map<String, Long> present() {
        return sink == null ? Map.of() : sink.present();
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        if (whole < most) {
            sink.file(path, size, content);
        } else {
            try {
                content.transferTo(OutputStream.nullOutputStream());
            } catch (LogException e) {
                throw e;
            } catch (IOException e) {
                throw new LogException(LogProblem.INCOMPLETE, e.getMessage(), e);
            }
        }
        whole++;
    }

    @Override
    public void verify() throws LogException {
        sink.verify();
    }

    @Override
    public void commit() throws LogException {
        sink.commit();
    }

    @Override
    public void abandon(boolean keepForResume) {
        sink.abandon(keepForResume);
    }
}
