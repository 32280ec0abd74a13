/** questions, rollouts and retrieval. */
package dev.seine.producers;
