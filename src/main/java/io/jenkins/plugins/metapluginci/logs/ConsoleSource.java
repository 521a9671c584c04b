package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;

/** Where a build's console comes from. */
interface ConsoleSource {
    /** The console from its beginning, as far as it is written, with the core's notes. */
    InputStream open() throws IOException;
}
