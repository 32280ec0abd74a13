/** Memory samples by a language model: a role that reads scored trajectories and writes what an endpoint makes of them. */
@NullMarked
package dev.seine.app.rewrite;

import org.jspecify.annotations.NullMarked;
