/** Trajectories that other systems recorded in files. */
@NullMarked
package dev.seine.streams.recorded;

import org.jspecify.annotations.NullMarked;
