package io.tokenreel.video;

import org.apache.hadoop.conf.Configuration;

/** Decodes videos in a child process that it owns; see the package's design. */
public final class VideoDecoder implements AutoCloseable {

  public VideoDecoder(DecoderSettings settings, Configuration hadoop) {}

  public DecodedVideo decode(VideoRef video) {
    throw new UnsupportedOperationException("the decoder follows");
  }

  @Override
  public void close() {}
}
