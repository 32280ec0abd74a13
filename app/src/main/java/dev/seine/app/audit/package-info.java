/** {@code seine audit}: the books of a run, proven or broken from its log alone. */
@NullMarked
package dev.seine.app.audit;

import org.jspecify.annotations.NullMarked;
