/**
 * SSH sessions, host-key policies and SFTP: the only room that knows the SSH library (Apache MINA SSHD). Knows nothing of
 * Jenkins.
 */
package io.jenkins.plugins.metapluginci.ssh;
