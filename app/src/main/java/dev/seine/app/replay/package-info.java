/** Looking back at a run: one trajectory out of its log, the same history scored anew, a step done again, where an answer comes from. */
@NullMarked
package dev.seine.app.replay;

import org.jspecify.annotations.NullMarked;
