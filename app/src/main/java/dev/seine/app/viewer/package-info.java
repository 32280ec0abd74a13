/** {@code seine view}: a run's log as local web pages, found by the index and read by offset. */
@NullMarked
package dev.seine.app.viewer;

import org.jspecify.annotations.NullMarked;
