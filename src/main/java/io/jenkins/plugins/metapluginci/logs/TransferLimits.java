package io.jenkins.plugins.metapluginci.logs;

/**
 * How much of a build is published; what is beyond is left out and noted, the rest is published. And in which form.
 *
 * @param files number of files
 * @param entries number of archive entries of any kind, refused ones too
 * @param fileBytes length of one file
 * @param totalBytes length of all files
 * @param gzip whether long text files are stored packed: see {@link StoredForm}
 */
public record TransferLimits(int files, int entries, long fileBytes, long totalBytes, boolean gzip) {
    /** 20,000 files, 1 GiB each, 4 GiB together. */
    static final TransferLimits DEFAULT = new TransferLimits(20_000, 100_000, 1L << 30, 4L << 30, true);

    /** Everything is stored as it is. */
    public TransferLimits(int files, int entries, long fileBytes, long totalBytes) {
        this(files, entries, fileBytes, totalBytes, false);
    }

    /** What a node may send for one source before it is cut off: the files, and room for headers, padding and long names. */
    long streamBytes() {
        return totalBytes + 8192L * files + 1024L * entries + (1L << 20);
    }
}
