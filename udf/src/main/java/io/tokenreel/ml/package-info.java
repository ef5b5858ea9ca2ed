/**
 * MLlib stages over token columns, and {@link io.tokenreel.ml.ColumnTransformer}, the base of every
 * stage of the pipeline.
 */
package io.tokenreel.ml;
