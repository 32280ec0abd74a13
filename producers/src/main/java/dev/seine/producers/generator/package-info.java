/** Rollouts: the policy writes, searches and goes on writing, many at a time. */
package dev.seine.producers.generator;
