/** Copies of a run's files for machines that do not see its folder: published weights, promoted ones, checkpoints. */
package dev.seine.policy.store;
