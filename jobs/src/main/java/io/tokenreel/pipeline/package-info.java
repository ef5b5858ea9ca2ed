/**
 * The commands {@code precompute}, {@code compress} and {@code answer} as a Java API: one class
 * each. What they throw is in {@code setting}, the summaries that they give are in {@code run}.
 */
package io.tokenreel.pipeline;
