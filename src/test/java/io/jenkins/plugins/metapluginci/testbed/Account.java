package io.jenkins.plugins.metapluginci.testbed;

/**
 * A user of the controller.
 *
 * @param name user id
 * @param password plain text; these exist in the test bed alone
 */
public record Account(String name, String password) {

    /** May do everything. */
    public static final Account ADMIN = new Account("admin", "admin-of-the-bed");

    /** May see the controller and its jobs, and start builds; nothing else. */
    public static final Account READER = new Account("reader", "reader-of-the-bed");
}
