/** Chat completions of OpenAI-compatible endpoints, for whatever asks a language model. */
@NullMarked
package dev.seine.app.chat;

import org.jspecify.annotations.NullMarked;
