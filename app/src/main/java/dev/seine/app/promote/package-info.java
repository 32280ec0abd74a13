/** Which version of a policy answers live questions, and who decides it. */
@NullMarked
package dev.seine.app.promote;

import org.jspecify.annotations.NullMarked;
