/** {@code seine audit}: the books of a run, proven or broken from its log alone. */
package dev.seine.app.audit;
