/** Chat completions of OpenAI-compatible endpoints, for whatever asks a language model. */
package dev.seine.app.chat;
