/** Checks of what a cache promises. */
package io.tokenreel.cache.verify;
