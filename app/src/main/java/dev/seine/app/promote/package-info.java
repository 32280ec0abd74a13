/** Which version of a policy answers live questions, and who decides it. */
package dev.seine.app.promote;
