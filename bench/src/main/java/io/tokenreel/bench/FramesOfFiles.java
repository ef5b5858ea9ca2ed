package io.tokenreel.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeLimits;
import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.SamplingSpec;
import io.tokenreel.video.VideoDecoder;
import io.tokenreel.video.VideoRef;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;

/**
 * TokenReel's side of {@code bin/bench-peers decode}: decodes the files of a list as a task does,
 * one after another with one {@link VideoDecoder}, and says when each group of them begins and
 * ends.
 */
final class FramesOfFiles {

  /** The bits of a frame's number, least first, as bench/peers/decode/corpus.py paints them. */
  private static final int CODE_BITS = 14;

  private static final double CODE_FIRST_X = 36 / 1280.0;
  private static final double CODE_STEP_X = 40 / 1280.0;
  private static final double CODE_Y = 36 / 720.0;
  private static final int WHITE = 128;
  private static final int CHANNELS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A line of the list, {@code group<TAB>file}. */
  private record Entry(String group, Path file) {

    static Entry of(String line) {
      String[] fields = line.split("\t", 2);
      if (fields.length != 2) {
        throw new IllegalArgumentException(
            "expected a group, a tab and a file on each line; got " + line);
      }
      return new Entry(fields[0], Path.of(fields[1]));
    }
  }

  private final DecoderSettings settings;
  private final boolean describes;

  /**
   * @param describes whether frames are identified and digested, which is not part of decoding
   */
  FramesOfFiles(int frames, String fit, boolean describes) {
    this.settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=" + frames),
            FrameFit.parse(fit),
            DecodeCheck.SAMPLED,
            DecodeLimits.DEFAULT);
    this.describes = describes;
  }

  /**
   * Decodes all files, group by group.
   *
   * @param marks takes {@code begin GROUP} and {@code end GROUP}
   * @param report takes a JSON object per file
   */
  void run(Path list, PrintWriter marks, Path report) throws IOException {
    List<Entry> entries = Files.readAllLines(list).stream().map(Entry::of).toList();
    List<String> groups = entries.stream().map(Entry::group).distinct().toList();
    try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(false));
        Writer out = Files.newBufferedWriter(report)) {
      for (String group : groups) {
        marks.println("begin " + group);
        marks.flush();
        for (Path file : files(entries, group)) {
          out.write(line(file, decode(decoder, file)) + "\n");
          out.flush();
        }
        marks.println("end " + group);
        marks.flush();
      }
    }
  }

  private static List<Path> files(List<Entry> entries, String group) {
    return entries.stream()
        .filter(entry -> entry.group().equals(group))
        .map(Entry::file)
        .collect(Collectors.toList());
  }

  private static DecodedVideo decode(VideoDecoder decoder, Path file) throws IOException {
    return decoder.decode(
        new VideoRef(file.getFileName().toString(), file.toString(), Files.size(file)));
  }

  private String line(Path file, DecodedVideo video) {
    ObjectNode line = JSON.createObjectNode();
    line.put("file", file.toString());
    line.put("sound", video.reason() == null);
    line.put("said", video.reason() == null ? null : video.reason().label());
    ArrayNode frames = line.putArray("frames");
    if (video.frames() != null) {
      for (int slot = 0; slot < video.frames().count(); slot++) {
        describe(video.frames(), slot, frames.addObject());
      }
    }
    return line.toString();
  }

  private void describe(Frames frames, int slot, ObjectNode node) {
    node.put("index", frames.frameIndex()[slot]);
    if (!describes) {
      return;
    }
    FrameSize size = frames.size();
    int first = slot * size.rgbBytes();
    int code = 0;
    for (int bit = 0; bit < CODE_BITS; bit++) {
      int x = (int) ((CODE_FIRST_X + bit * CODE_STEP_X) * size.width());
      int y = (int) (CODE_Y * size.height());
      int green = frames.rgb()[first + (y * size.width() + x) * CHANNELS + 1] & 0xff;
      code |= (green >= WHITE ? 1 : 0) << bit;
    }
    node.put("code", code);
    byte[] pixels = Arrays.copyOfRange(frames.rgb(), first, first + size.rgbBytes());
    node.put("pixels", HexFormat.of().formatHex(DigestUtils.sha1(pixels)));
  }
}
