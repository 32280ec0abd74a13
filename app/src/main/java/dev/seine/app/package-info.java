/** The command line, the run configuration, the local run and its report. */
@NullMarked
package dev.seine.app;

import org.jspecify.annotations.NullMarked;
