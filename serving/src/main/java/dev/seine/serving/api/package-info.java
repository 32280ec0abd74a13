/** The OpenAI-compatible interface and the page over it. */
package dev.seine.serving.api;
