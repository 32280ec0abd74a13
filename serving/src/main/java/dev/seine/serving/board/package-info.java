/** The pages of a run in progress: its curves, its decisions, and the runs there are. */
@NullMarked
package dev.seine.serving.board;

import org.jspecify.annotations.NullMarked;
