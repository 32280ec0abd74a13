/** Copies of a run's files for machines that do not see its folder: published weights, promoted ones, checkpoints. */
@NullMarked
package dev.seine.policy.store;

import org.jspecify.annotations.NullMarked;
