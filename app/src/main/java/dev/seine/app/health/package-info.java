/** Early warnings: the known ways in which reinforcement learning of a search agent goes wrong, told from step metrics. */
@NullMarked
package dev.seine.app.health;

import org.jspecify.annotations.NullMarked;
