/** Live answers over HTTP, from the policy that is learning. */
package dev.seine.serving;
