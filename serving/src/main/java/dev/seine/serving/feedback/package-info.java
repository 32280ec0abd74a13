/** What people say of answers, over HTTP. */
@NullMarked
package dev.seine.serving.feedback;

import org.jspecify.annotations.NullMarked;
