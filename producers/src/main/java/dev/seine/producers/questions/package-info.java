/** Questions from files, and their way into the log in training order. */
@NullMarked
package dev.seine.producers.questions;

import org.jspecify.annotations.NullMarked;
