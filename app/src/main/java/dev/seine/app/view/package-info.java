/** The live view of a run: a panel on a terminal, plain lines elsewhere. */
@NullMarked
package dev.seine.app.view;

import org.jspecify.annotations.NullMarked;
