/** The HTTP server that parts of the interface register with, and who may call it how often. */
@NullMarked
package dev.seine.serving.http;

import org.jspecify.annotations.NullMarked;
