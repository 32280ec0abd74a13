/** Rollouts: the policy writes, searches and goes on writing, many at a time. */
@NullMarked
package dev.seine.producers.generator;

import org.jspecify.annotations.NullMarked;
