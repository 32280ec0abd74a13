/** The one list of topics, typed clients, the embedded broker and schema registry. */
package dev.seine.topics;
