package io.tokenreel.stage;

import ai.djl.Device;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.SourceInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/** What the tests of the stages share: videos, frames, counters and a small tower. */
final class StageTests {

  static final FrameSize SIZE = new FrameSize(2, 3);

  private StageTests() {}

  /** One partition of the test videos, in the given order. */
  static Dataset<Row> videos(String... names) {
    List<Row> rows =
        Arrays.stream(names)
            .map(name -> RowFactory.create(name, Fixtures.VIDEOS.resolve(name).toString()))
            .toList();
    return LocalSpark.plain()
        .createDataFrame(
            rows, new StructType().add("video_id", "string").add("video_uri", "string"))
        .coalesce(1);
  }

  /** Counters that belong to no Spark context. */
  static StageCounters counters() {
    return new StageCounters(
        new LongAccumulator(),
        new LongAccumulator(),
        new LongAccumulator(),
        new LongAccumulator(),
        new DeviceUses());
  }

  /** A saved stage as a version saved it that did not have a Param yet. */
  static void withoutParam(Path stage, String param) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(stage.resolve("metadata"))) {
      files = listed.toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(".crc")) {
        Files.delete(file);
      } else if (name.startsWith("part-")) {
        String without =
            Files.readString(file)
                .replaceAll("\"%s\":\"[^\"]*\",?".formatted(param), "")
                .replace(",}", "}");
        Files.writeString(file, without);
      }
    }
  }

  /** Random frames of {@link #SIZE}; the first byte of each is {@code mark}. */
  static byte[] rgb(int frames, int mark, Random random) {
    byte[] rgb = new byte[frames * SIZE.rgbBytes()];
    random.nextBytes(rgb);
    for (int frame = 0; frame < frames; frame++) {
      rgb[frame * SIZE.rgbBytes()] = (byte) mark;
    }
    return rgb;
  }

  /** A video that decoded well to black frames. */
  static DecodedVideo decoded(int frames) {
    Frames black =
        new Frames(
            SIZE,
            new byte[frames * SIZE.rgbBytes()],
            new long[frames],
            new int[frames],
            new SourceInfo(1, 25));
    return new DecodedVideo(Outcome.OK, null, null, "00", 1, frames, 0, 0, 1, black);
  }

  /** A row of an id and a {@link StageSchemas#FRAMES} struct; null gives a FAILED video. */
  static Row row(String id, byte[] rgb) {
    boolean failed = rgb == null;
    return RowFactory.create(
        id,
        RowFactory.create(
            failed ? "FAILED" : "OK",
            failed ? "not_a_video" : null,
            failed ? "why" : null,
            "00",
            1L,
            1L,
            0L,
            1L,
            1,
            failed ? null : SIZE.height(),
            failed ? null : SIZE.width(),
            failed ? null : new long[rgb.length / SIZE.rgbBytes()],
            rgb,
            failed ? null : 1,
            failed ? null : 25.0,
            failed ? null : new int[rgb.length / SIZE.rgbBytes()]));
  }

  /** A tower of an encoder, as on a GPU of passes of so many frames. */
  static VisionTower tower(SummingEncoder encoder, int passFrames) {
    return new BatchedTower(encoder, Device.gpu(), passFrames);
  }

  /**
   * Two tokens of two channels per frame, each a sum of the frame's bytes. What happens to a frame
   * depends on its first byte: {@link #REFUSED} refuses the pass, {@link #BREAKS} also all passes
   * after it, {@link #INTERRUPTED} and {@link #OUT_OF_MEMORY} are thrown; {@link #NOT_FINITE} and
   * {@link #HUGE} give NaN and 70,000.
   */
  static final class SummingEncoder implements StepEncoder {

    static final int REFUSED = 101;
    static final int NOT_FINITE = 102;
    static final int HUGE = 103;
    static final int BREAKS = 104;
    static final int INTERRUPTED = 105;
    static final int OUT_OF_MEMORY = 106;
    private static final int FLOATS = 4;

    private final FeedLayout layout;
    private final List<Integer> passes = Collections.synchronizedList(new ArrayList<>());
    private boolean broken;

    SummingEncoder() {
      this(0.5f, -0.5f);
    }

    /** An encoder whose model adds these rows. */
    SummingEncoder(float... separatorRows) {
      this.layout =
          separatorRows.length == 0
              ? FeedLayout.plain()
              : new FeedLayout(FeedLayout.Kind.CLOSING, separatorRows);
    }

    /** Frames of each pass, those that fill it up aside. */
    List<Integer> passes() {
      return passes;
    }

    @Override
    public VisionInfo info() {
      return new VisionInfo(
          "summing@1",
          "summing",
          new FixedFit(SIZE),
          new StepGrid.Fixed(SIZE, new StepGrid.Size(1, 2)),
          2,
          1,
          layout,
          EncoderOrigin.ofFile("test", ""));
    }

    @Override
    public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
      int frames = tokens.remaining() / FLOATS;
      passes.add(frames);
      if (rgb.remaining() != steps * SIZE.rgbBytes()) {
        throw new AssertionError(steps + " frames in " + rgb.remaining() + " bytes");
      }
      for (int frame = 0; frame < frames; frame++) {
        byte[] bytes = new byte[SIZE.rgbBytes()];
        rgb.get(bytes);
        tokens.put(sums(bytes));
      }
    }

    private float[] sums(byte[] frame) {
      float[] sums = new float[FLOATS];
      for (int place = 0; place < frame.length; place++) {
        sums[place % FLOATS] += (place + 1) * frame[place];
      }
      broken |= frame[0] == BREAKS;
      if (broken) {
        throw new IllegalStateException("device lost");
      }
      switch (frame[0]) {
        case REFUSED -> throw new IllegalStateException("refused");
        case INTERRUPTED -> throw new CancellationException("interrupted");
        case OUT_OF_MEMORY -> throw new OutOfMemoryError("native");
        case HUGE -> sums[1] = 70_000;
        case NOT_FINITE -> sums[3] = Float.NaN;
        default -> {
          // a frame like any other
        }
      }
      return sums;
    }

    @Override
    public void close() {}
  }
}
