/** {@code seine rescore}: a past run's trajectories under other rewards, without a model. */
@NullMarked
package dev.seine.app.rescore;

import org.jspecify.annotations.NullMarked;
