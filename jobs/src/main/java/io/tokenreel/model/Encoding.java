package io.tokenreel.model;

import io.tokenreel.token.TokenBlock;

/**
 * What a vision tower gave of one video.
 *
 * @param block the tokens, before compression
 * @param nanos the video's part of the tower's wall time
 */
public record Encoding(TokenBlock block, long nanos) {}
