/**
 * Where the rows of a video are, in files beside the tables. Of {@code cache} alone: it may change
 * with any version.
 */
package io.tokenreel.cache.index;
