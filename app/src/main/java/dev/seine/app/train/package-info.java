/** The commands that train, and all they are made of: the local run, every role as a process of its own, evaluation, promotion. */
@NullMarked
package dev.seine.app.train;

import org.jspecify.annotations.NullMarked;
