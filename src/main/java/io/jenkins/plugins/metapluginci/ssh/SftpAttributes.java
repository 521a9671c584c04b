package io.jenkins.plugins.metapluginci.ssh;

import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.sftp.common.SftpConstants;

/** What a server says of a file (draft-ietf-secsh-filexfer-02, 5). @param size 0 when it does not say */
record SftpAttributes(long size, int permissions) {
    private static final int MAX_EXTENSIONS = 100;

    static SftpAttributes read(Buffer from) {
        int flags = from.getInt();
        long size = (flags & SftpConstants.SSH_FILEXFER_ATTR_SIZE) == 0 ? 0 : from.getLong();
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_UIDGID) != 0) {
            from.getLong();
        }
        int permissions = (flags & SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS) == 0 ? 0 : from.getInt();
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME) != 0) {
            from.getLong();
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_EXTENDED) != 0) {
            int count = Math.min(from.getInt(), MAX_EXTENSIONS);
            for (int i = 0; i < 2 * count; i++) {
                from.getBytes();
            }
        }
        return new SftpAttributes(size, permissions);
    }

    boolean isDirectory() {
        return (permissions & SftpConstants.S_IFMT) == SftpConstants.S_IFDIR;
    }
}
