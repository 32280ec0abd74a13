/** Live answers as the log tells them: asked, followed, taken back. */
package dev.seine.serving.answers;
