package io.tokenreel.model;

import io.tokenreel.compress.Compressors;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.SourceInfo;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** A video of seeded noise that every golden checkpoint takes. */
final class SeededVideo {

  private static final int FRAMES = 4;

  private SeededVideo() {}

  /** Seeded noise; a side of 224 pixels is a multiple of every Qwen model's. */
  static Frames frames(VisionInfo info) {
    FrameSize size = info.fit() instanceof FixedFit fixed ? fixed.size() : new FrameSize(224, 224);
    byte[] rgb = new byte[FRAMES * size.rgbBytes()];
    new Random(5).nextBytes(rgb);
    return EncodeDigest.frames(size, rgb);
  }

  static FedVideo fed(VisionInfo info, TokenBlock block) {
    CompressedTokens kept = block.keep(Compressors.of("none").select(block), TokenFormat.F32);
    CompressedTokens fed = info.layout().feed(kept, block.shape());
    SourceTimes times =
        new SourceTimes(new SourceInfo(FRAMES, 1), IntStream.range(0, FRAMES).toArray());
    return new FedVideo(
        TokenFormat.F32.decode(fed.data()),
        info.dim(),
        info.planes(),
        Optional.of(new FedVideo.Places(block.shape(), fed.index(), Optional.of(times))));
  }
}
