package io.jenkins.plugins.metapluginci.logs;

/**
 * What a log server lets our account do.
 *
 * @param shell whether commands are run
 * @param tar whether there is {@code tar}
 * @param digest whether there is {@code sha256sum}
 * @param scp whether there is {@code scp}
 * @param noisy whether the account prints something at log-in, which spoils SFTP and scp
 * @param why what was seen, for administrators
 */
record ServerTools(boolean shell, boolean tar, boolean digest, boolean scp, boolean noisy, String why) {}
