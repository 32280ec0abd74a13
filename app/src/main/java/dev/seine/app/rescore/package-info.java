/** {@code seine rescore}: a past run's trajectories under other rewards, without a model. */
package dev.seine.app.rescore;
