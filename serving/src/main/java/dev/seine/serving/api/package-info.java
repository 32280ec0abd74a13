/** The OpenAI-compatible interface and the page over it. */
@NullMarked
package dev.seine.serving.api;

import org.jspecify.annotations.NullMarked;
