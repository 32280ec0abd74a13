/** Rewards as a Kafka Streams topology: groups close, are scored, and go on together. */
@NullMarked
package dev.seine.streams;

import org.jspecify.annotations.NullMarked;
