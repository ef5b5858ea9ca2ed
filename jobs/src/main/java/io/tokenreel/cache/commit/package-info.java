/**
 * The one writer of a cache: waves, their recovery, removals, and its lock. {@link
 * io.tokenreel.cache.commit.TokenCacheWriter} opens it.
 */
package io.tokenreel.cache.commit;
