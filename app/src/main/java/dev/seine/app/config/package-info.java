/** Run configuration: TOML files merged over defaults and bound to records. */
package dev.seine.app.config;
