package io.tokenreel.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * Decodes videos, which are untrusted, in a child process: one after another in the same process,
 * in a fresh one when it died or went over a limit. A video whose process dies gets one more try.
 * The process may have served another decoder of this JVM before, and may serve one afterwards.
 *
 * <p>Each video is first hashed, and the process opens what was hashed: a file on a disk of this
 * machine where it lies, and a copy in a private local folder of anything else. A file that changes
 * meanwhile is decoded again from a copy. No video makes {@link #decode} throw; what throws is a
 * broken environment, such as a missing native library or a full disk.
 *
 * <p>One thread decodes. {@link #close} may be called from another one and ends a running decode.
 */
public final class VideoDecoder implements AutoCloseable {

  private static final int ATTEMPTS = 2;

  /** What another try would meet again. */
  private static final Set<Reason> LASTING = Set.of(Reason.TIMEOUT, Reason.TOO_LARGE);

  private final DecoderSettings settings;
  private final Configuration hadoop;
  private final DecoderSlot slot; // its process is guarded by lock
  private final Consumer<DecoderSlot> release;
  private final Object lock = new Object();
  private boolean closed; // guarded by lock
  private boolean decoding; // guarded by lock

  /**
   * No process is started before the first video.
   *
   * @param hadoop how the videos' file systems are reached
   * @param scratch a local folder with room for a video, which is copied to a private folder in it
   */
  public VideoDecoder(DecoderSettings settings, Configuration hadoop, Path scratch) {
    this(
        settings,
        Objects.requireNonNull(hadoop, "hadoop"),
        new IdleDecoders.Kind(scratch, settings.limits().memoryMegabytes()),
        IdleDecoders.SHARED);
  }

  /** With the JVM's folder for temporary files. */
  public VideoDecoder(DecoderSettings settings, Configuration hadoop) {
    this(settings, hadoop, PrivateFolder.TEMPORARY);
  }

  /** With another program in the decoder's place. */
  VideoDecoder(
      DecoderSettings settings,
      Configuration hadoop,
      Path scratch,
      Function<Path, List<String>> command) {
    this(settings, hadoop, new DecoderSlot(scratch, command), IdleDecoders::close);
  }

  private VideoDecoder(
      DecoderSettings settings, Configuration hadoop, IdleDecoders.Kind kind, IdleDecoders idle) {
    this(settings, hadoop, idle.take(kind), slot -> idle.give(kind, slot));
  }

  private VideoDecoder(
      DecoderSettings settings,
      Configuration hadoop,
      DecoderSlot slot,
      Consumer<DecoderSlot> release) {
    this.settings = settings;
    this.hadoop = hadoop;
    this.slot = slot;
    this.release = release;
  }

  /**
   * Decodes the frames that the settings' sampler chooses.
   *
   * @throws CancellationException if {@link #close} was called
   */
  public DecodedVideo decode(VideoRef video) {
    begin();
    try {
      Attempt attempt = new Attempt(settings.limits());
      try {
        Optional<DecodedVideo> decoded = decodeWhereItLies(video, attempt);
        return decoded.isPresent() ? decoded.get() : decodeCopy(video, attempt);
      } catch (NotStaged e) {
        return attempt.failed(e.reason(), e.getMessage(), null, e.bytes());
      } catch (IOException e) {
        throw new UncheckedIOException(
            "video %s: it could not be copied to the local folder %s, which must have room for one video per task: %s"
                .formatted(video.hiddenId(), slot.folder(), UriSecrets.hide(e.getMessage())),
            e);
      }
    } finally {
      finish();
    }
  }

  /** Empty where the file must be copied, or was changed before it was decoded. */
  private Optional<DecodedVideo> decodeWhereItLies(VideoRef video, Attempt attempt)
      throws IOException, NotStaged {
    Optional<LocalFile> local = LocalFile.of(video.uri(), hadoop, attempt.deadlineNanos);
    if (local.isEmpty()) {
      return Optional.empty();
    }
    Optional<StagedVideo> linked =
        StagedVideo.link(
            video, local.get(), slot.folder(), settings.limits().maxBytes(), attempt.deadlineNanos);
    if (linked.isEmpty()) {
      return Optional.empty();
    }
    try (StagedVideo staged = linked.get()) {
      DecodedVideo decoded = decode(staged, attempt);
      if (staged.isUnchanged()) {
        return Optional.of(decoded);
      }
    }
    attempt.restart(); // what the change cost is not the video's fault
    return Optional.empty();
  }

  private DecodedVideo decodeCopy(VideoRef video, Attempt attempt) throws IOException, NotStaged {
    try (StagedVideo staged =
        StagedVideo.stage(
            video, hadoop, slot.folder(), settings.limits().maxBytes(), attempt.deadlineNanos)) {
      return decode(staged, attempt);
    }
  }

  private DecodedVideo decode(StagedVideo staged, Attempt attempt) {
    if (staged.bytes() == 0) {
      return attempt.failed(Reason.NOT_A_VIDEO, "the file is empty", staged.contentSha256(), 0);
    }
    DecodeRequest request = DecodeRequest.of(staged.file().toString(), settings);
    while (true) {
      DecoderProcess decoder = current();
      Watchdog.Death death;
      try (Watchdog watchdog =
          new Watchdog(decoder.process(), settings.limits(), attempt.deadlineNanos)) {
        try {
          DecodeAnswer answer = decoder.decode(request);
          if (answer.verdict().reason() != Reason.DECODER_MEMORY) {
            return attempt.done(answer, staged);
          }
          death = outOfMemory(answer.verdict().detail());
        } catch (IOException e) {
          requireOpen();
          if (e instanceof ProtocolException) {
            decoder.close(); // it would not end by itself
          }
          death = watchdog.death() == null ? death(decoder, e) : watchdog.death();
        }
      }
      endProcess();
      if (LASTING.contains(death.reason()) || attempt.number == ATTEMPTS) {
        if (!decoder.hasGreeted() && death.reason() != Reason.TIMEOUT) {
          throw notStarted(death);
        }
        return attempt.failed(
            death.reason(), death.detail(), staged.contentSha256(), staged.bytes());
      }
      attempt.number++;
    }
  }

  /** Two processes in a row that died before they read a request: no video has done that. */
  private static IllegalStateException notStarted(Watchdog.Death death) {
    Path temporary = PrivateFolder.TEMPORARY;
    String why =
        "no decoder process starts on this machine, whatever the video: %s. It takes memory, and %s must have some 100 MB for its libraries; %d MB are free there"
            .formatted(death.detail(), temporary, temporary.toFile().getUsableSpace() >> 20);
    return OwnFfmpeg.named()
        .<IllegalStateException>map(
            own ->
                new FfmpegException(
                    "%s. %s is %s: without it decoders load the FFmpeg of the jar"
                        .formatted(why, OwnFfmpeg.VARIABLE, own)))
        .orElseGet(() -> new IllegalStateException(why));
  }

  private Watchdog.Death outOfMemory(String detail) {
    return new Watchdog.Death(
        Reason.DECODER_MEMORY, settings.limits().memoryIsFull() + " (" + detail + ")");
  }

  /** Of a process that ended without its watchdog. */
  private Watchdog.Death death(DecoderProcess decoder, IOException e) {
    if (e instanceof NoHeapException heap) {
      return new Watchdog.Death(heap.reason(), heap.getMessage());
    }
    Reason reason = decoder.causeOfDeath();
    String detail = "the decoder died: %s, %s".formatted(e, decoder.describeDeath());
    return reason == Reason.DECODER_MEMORY
        ? outOfMemory(detail)
        : new Watchdog.Death(reason, detail);
  }

  /** The clock and the counter of one video. */
  private static final class Attempt {

    private final long startNanos = System.nanoTime();
    private final DecodeLimits limits;
    private long deadlineNanos;
    private int number;

    Attempt(DecodeLimits limits) {
      this.limits = limits;
      restart();
    }

    /** Has all its tries and all its time again. */
    void restart() {
      deadlineNanos = System.nanoTime() + limits.wall().toNanos();
      number = 1;
    }

    private long millis() {
      return (System.nanoTime() - startNanos) / 1_000_000;
    }

    DecodedVideo done(DecodeAnswer answer, StagedVideo staged) {
      DecodeVerdict verdict = answer.verdict();
      return new DecodedVideo(
          verdict.outcome(),
          verdict.reason(),
          verdict.detail(),
          staged.contentSha256(),
          staged.bytes(),
          verdict.framesDecoded(),
          verdict.decodeErrors(),
          millis(),
          number,
          answer.frames());
    }

    DecodedVideo failed(Reason reason, String detail, String contentSha256, long bytes) {
      return new DecodedVideo(
          Outcome.FAILED, reason, detail, contentSha256, bytes, 0, 0, millis(), number, null);
    }
  }

  private DecoderProcess current() {
    synchronized (lock) {
      requireOpen();
      return slot.processForAVideo();
    }
  }

  private void endProcess() {
    synchronized (lock) {
      slot.endProcess();
    }
  }

  private void begin() {
    synchronized (lock) {
      requireOpen();
      decoding = true;
    }
  }

  private void finish() {
    synchronized (lock) {
      decoding = false;
      if (closed) {
        release.accept(slot);
      }
    }
  }

  private void requireOpen() {
    synchronized (lock) {
      if (closed) {
        throw new CancellationException("the video decoder was closed");
      }
    }
  }

  /** The most memory that the present process ever had, in bytes; 0 when there is none. */
  long peakResidentBytes() {
    synchronized (lock) {
      return slot.peakResidentBytes();
    }
  }

  /** Ends the process where it is in mid-video; else the next decoder of this JVM may have it. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      if (decoding) {
        slot.endProcess();
      } else {
        release.accept(slot);
      }
    }
  }
}
