/** The one list of topics, typed clients, the embedded broker and schema registry. */
@NullMarked
package dev.seine.topics;

import org.jspecify.annotations.NullMarked;
