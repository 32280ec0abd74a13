/** The pages of a run in progress: its curves, its decisions, and the runs there are. */
package dev.seine.serving.board;
