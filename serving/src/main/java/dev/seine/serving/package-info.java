/** Live answers over HTTP, from the policy that is learning. */
@NullMarked
package dev.seine.serving;

import org.jspecify.annotations.NullMarked;
