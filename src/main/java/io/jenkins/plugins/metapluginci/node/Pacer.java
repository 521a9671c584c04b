package io.jenkins.plugins.metapluginci.node;

/** Runs work on other threads, now or later. After {@link #close} it takes nothing more, silently. */
interface Pacer extends AutoCloseable {
    /** Takes back work that has not begun. */
    interface Ticket {
        void cancel();
    }

    void now(Runnable work);

    /** @param delay milliseconds */
    Ticket later(Runnable work, long delay);

    @Override
    void close();
}
