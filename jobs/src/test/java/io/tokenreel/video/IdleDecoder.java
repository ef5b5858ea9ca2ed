package io.tokenreel.video;

import java.io.IOException;

/** A program with a video decoder that has nothing to do; it ends when its input does. */
public final class IdleDecoder {

  private IdleDecoder() {}

  public static void main(String[] args) throws IOException {
    VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=1", VideoTests.SMALL, DecodeCheck.SAMPLED);
    System.out.println("waiting");
    System.out.flush();
    System.in.transferTo(System.err);
    decoder.close();
  }
}
