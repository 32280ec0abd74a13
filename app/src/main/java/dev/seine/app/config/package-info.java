/** Run configuration: TOML files merged over defaults and bound to records. */
@NullMarked
package dev.seine.app.config;

import org.jspecify.annotations.NullMarked;
