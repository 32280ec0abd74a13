/** Trajectories that other systems recorded in files. */
package dev.seine.streams.recorded;
