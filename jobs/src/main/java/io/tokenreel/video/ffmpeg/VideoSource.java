package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_THEORA;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_TS_DISCONT;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_frame_rate;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_ATTACHMENT;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.tokenreel.video.Reason;
import io.tokenreel.video.VideoFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The packets of a file's video stream, from the first to the last. It never seeks, so what it
 * gives depends on no seek table, and two sources of one file give the same packets.
 *
 * <p>The video is FFmpeg's best stream: one with the default disposition before others, then the
 * one with more frames among the first few, then the one with the higher bit rate. Cover art never
 * is.
 */
final class VideoSource implements AutoCloseable {

  /** A demuxer that reports this many errors in a row will not come to an end. */
  private static final int MAX_ERRORS_IN_A_ROW = 100;

  /**
   * A few hundred more than any camera or broadcast has. FFmpeg's own limit, 1000, is more than the
   * process has memory for when each has a parser and a decoder.
   */
  private static final int MAX_STREAMS = 256;

  private static final long CLOCK_JUMP_SECONDS = 10;

  private static final String MPEG_TS = "mpegts";

  private static final String MP4 = "mov,mp4,m4a,3gp,3g2,mj2";

  private static final Pattern NOT_ALLOWED = Pattern.compile("^\\[([^\\] ]*).*not on whitelist");

  private final Path file;
  private final FfmpegLog log;
  private final AVFormatContext format;
  private final AVStream stream;
  private final String demuxer;
  private final List<AviExtent.Span> indexes; // in which nothing is a frame
  private final StreamsBeside beside = new StreamsBeside();
  private long logged; // error lines of the demuxer that are counted
  private long errors;

  private VideoSource(Path file, FfmpegLog log, AVFormatContext format, AVStream stream)
      throws IOException {
    this.file = file;
    this.log = log;
    this.format = format;
    this.stream = stream;
    this.demuxer = format.iformat().name().getString();
    this.indexes = demuxer.equals("avi") ? AviExtent.indexes(file) : List.of();
  }

  /**
   * @throws DecodeFailure if no allowed demuxer knows the file, or it has no video
   */
  static VideoSource open(String file, FfmpegLog log) throws IOException, DecodeFailure {
    return open(file, log, false);
  }

  /**
   * As {@link #open}, and looks at other video streams too, so that {@link #restElsewhere} can
   * tell.
   */
  static VideoSource openWithOthers(String file, FfmpegLog log) throws IOException, DecodeFailure {
    return open(file, log, true);
  }

  private static VideoSource open(String file, FfmpegLog log, boolean others)
      throws IOException, DecodeFailure {
    log.clear();
    AVFormatContext format = avformat_alloc_context();
    AVDictionary options = new AVDictionary(null);
    av_dict_set(options, "format_whitelist", AllowList.formats(), 0);
    av_dict_set(options, "codec_whitelist", AllowList.codecs(), 0);
    String video = videoOf(file);
    String protocols = video.equals(file) ? AllowList.FILE : AllowList.PART_OF_A_FILE;
    av_dict_set(options, "protocol_whitelist", protocols, 0);
    av_dict_set(options, "max_streams", Integer.toString(MAX_STREAMS), 0);
    int opened = avformat_open_input(format, video, null, options);
    av_dict_free(options);
    if (opened < 0) {
      throw notOpened(opened, log);
    }
    try {
      int found = avformat_find_stream_info(format, (PointerPointer<?>) null);
      if (found < 0 && log.streamsRefused()) {
        throw tooManyStreams();
      }
      if (found < 0) {
        throw new DecodeFailure(
            Errors.reason(found, Reason.NOT_A_VIDEO),
            "no stream could be read: " + Errors.text(found));
      }
      if (format.iformat().name().getString().equals(MP4) && HeifPicture.is(Path.of(file))) {
        throw new DecodeFailure(
            Reason.FORMAT_NOT_ALLOWED,
            "the file is a picture (HEIF), and no video; %s".formatted(VideoFormat.conversion()));
      }
      return new VideoSource(Path.of(file), log, format, videoStream(format, others));
    } catch (IOException | DecodeFailure e) {
      avformat_close_input(format);
      throw e;
    }
  }

  /** The file without what the demuxer would take for damage behind the video. */
  private static String videoOf(String file) throws IOException {
    long end = FlvExtent.videoEnd(Path.of(file));
    return end == Long.MAX_VALUE ? file : "subfile,,start,0,end,%d,,:%s".formatted(end, file);
  }

  private static DecodeFailure notOpened(int code, FfmpegLog log) {
    String line = log.last();
    Matcher refused = NOT_ALLOWED.matcher(line);
    if (refused.find()) {
      return new DecodeFailure(
          Reason.FORMAT_NOT_ALLOWED,
          "the container format %s is not allowed; %s; allowed: %s"
              .formatted(refused.group(1), VideoFormat.conversion(), AllowList.formats()));
    }
    if (log.streamsRefused()) {
      return tooManyStreams();
    }
    return new DecodeFailure(
        Errors.reason(code, Reason.NOT_A_VIDEO),
        "no video format was recognised: "
            + Errors.text(code)
            + (line.isEmpty() ? "" : " (" + line + ")"));
  }

  private static DecodeFailure tooManyStreams() {
    return new DecodeFailure(
        Reason.TOO_LARGE,
        "the file has more than %d streams, a limit that no option raises".formatted(MAX_STREAMS));
  }

  private static AVStream videoStream(AVFormatContext format, boolean others) throws DecodeFailure {
    for (int i = 0; i < format.nb_streams(); i++) {
      if ((format.streams(i).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
        // Or it would rank among the videos.
        format.streams(i).codecpar().codec_type(AVMEDIA_TYPE_ATTACHMENT);
      }
    }
    int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
    if (best < 0) {
      throw new DecodeFailure(
          Reason.NO_VIDEO_STREAM, "none of %d streams is a video".formatted(format.nb_streams()));
    }
    boolean mayGoOn = others && format.iformat().name().getString().equals(MPEG_TS);
    for (int i = 0; i < format.nb_streams(); i++) {
      boolean video = format.streams(i).codecpar().codec_type() == AVMEDIA_TYPE_VIDEO;
      if (i != best && !(video && mayGoOn)) {
        format.streams(i).discard(AVDISCARD_ALL);
      }
    }
    return format.streams(best);
  }

  /**
   * Reads the next packet of the video stream, skipping over errors, which it counts. What a packet
   * that comes says of itself is {@link PacketIndex#corrupt}'s to count.
   *
   * @param packet blank; to be unreferenced by the caller
   * @return false at the end
   */
  boolean next(AVPacket packet) throws IOException, DecodeFailure {
    for (int inARow = 0; inARow < MAX_ERRORS_IN_A_ROW; ) {
      int read = av_read_frame(format, packet);
      if (read == AVERROR_EOF()) {
        int io = format.pb() == null ? 0 : format.pb().error();
        errors += (io < 0 && io != AVERROR_EOF() ? 1 : 0) + (hasLogged() ? 1 : 0);
        errors += droppedInSilence();
        return false;
      }
      if (read < 0) {
        if (log.streamsRefused()) {
          throw tooManyStreams();
        }
        Errors.requireMemory(read, "reading a packet");
        errors++;
        inARow++;
        continue;
      }
      long place = packet.pos();
      boolean ours =
          packet.stream_index() == stream.index()
              && indexes.stream().noneMatch(index -> index.has(place));
      if (ours) {
        beside.ours(packet.pos());
        errors += hasLogged() ? 1 : 0;
        return true;
      }
      if (demuxer.equals(MPEG_TS)) {
        AVStream other = format.streams(packet.stream_index());
        if (other.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO
            && other.index() != stream.index()) {
          beside.other(other.id(), packet.pos());
        }
      }
      av_packet_unref(packet);
    }
    return false;
  }

  /** Damage that the demuxer skips, where the container's own structure tells it. */
  private long droppedInSilence() throws IOException {
    return switch (demuxer) {
      case MPEG_TS -> TransportStream.brokenStarts(file, stream.id());
      case "avi" -> AviIndex.brokenChunks(file, stream.index());
      case "matroska,webm" ->
          MatroskaDamage.count(file, stream.codecpar().codec_id() != AV_CODEC_ID_THEORA);
      case MP4 -> emptySamples();
      default -> 0;
    };
  }

  /** Samples that the index gives no bytes, so that they give no frame. */
  private long emptySamples() {
    return samples().filter(sample -> sample.size() == 0).count();
  }

  /**
   * What the file lacks at its end of the frames in an MP4's index, for a person; empty when
   * nothing. A length that says so may be lost with them.
   */
  Optional<String> missingSamples() throws IOException {
    long end = Files.size(file);
    long declared =
        demuxer.equals(MP4)
            ? samples().mapToLong(sample -> sample.pos() + sample.size()).max().orElse(0)
            : 0;
    return declared > end
        ? Optional.of(
            "the file ends at byte %d; its index has frames up to byte %d".formatted(end, declared))
        : Optional.empty();
  }

  /**
   * Where the video goes on, for a person; empty when this stream is all of it. Known at the end.
   */
  Optional<String> restElsewhere() {
    return beside
        .rest()
        .map(
            id ->
                "another part of the video is in the stream with PID 0x%x, which is not read; join parts of one PID"
                    .formatted(id));
  }

  private Stream<AVIndexEntry> samples() {
    return IntStream.range(0, avformat_index_get_entries_count(stream))
        .mapToObj(sample -> avformat_index_get_entry(stream, sample));
  }

  /**
   * Whether the demuxer has logged an error since the last call. The first call answers for the
   * opening too, which reads megabytes ahead.
   */
  private boolean hasLogged() {
    long before = logged;
    logged = log.errorsOf(demuxer);
    return logged > before;
  }

  /** Errors met so far. */
  long errors() {
    return errors;
  }

  AVStream stream() {
    return stream;
  }

  /**
   * Beyond how many units of the stream's time base its clock is taken to have started again;
   * {@link Long#MAX_VALUE} where the format's clock may not jump.
   */
  long clockJump() {
    boolean jumps = (format.iformat().flags() & AVFMT_TS_DISCONT) != 0;
    AVRational base = stream.time_base();
    return jumps ? CLOCK_JUMP_SECONDS * base.den() / base.num() : Long.MAX_VALUE;
  }

  /** The frame rate that headers and the first packets suggest; zero when nothing does. */
  AVRational frameRate() {
    return av_guess_frame_rate(format, stream, null);
  }

  @Override
  public void close() {
    avformat_close_input(format);
  }
}
