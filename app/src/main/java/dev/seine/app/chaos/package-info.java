/** Fault injection: a run whose processes are killed, stopped and fed rubbish, and what the log says of it afterwards. */
@NullMarked
package dev.seine.app.chaos;

import org.jspecify.annotations.NullMarked;
