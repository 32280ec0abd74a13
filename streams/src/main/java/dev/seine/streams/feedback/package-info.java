/** What people say of live answers, joined with what was answered. */
@NullMarked
package dev.seine.streams.feedback;

import org.jspecify.annotations.NullMarked;
