/** Live answers as the log tells them: asked, followed, taken back. */
@NullMarked
package dev.seine.serving.answers;

import org.jspecify.annotations.NullMarked;
