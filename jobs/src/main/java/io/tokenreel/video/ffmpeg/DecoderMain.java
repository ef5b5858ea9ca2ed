package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.DecodeRequest;
import io.tokenreel.video.DecodeVerdict;
import io.tokenreel.video.DecoderProtocol;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.OwnFfmpeg;
import io.tokenreel.video.PrivateFolder;
import io.tokenreel.video.SourceInfo;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/**
 * The decoder process: reads requests, writes frames, as {@link DecoderProtocol} says, until its
 * input closes. It deletes its private folder and ends at once then, in mid-video too, so that it
 * never outlives its owner.
 *
 * <p>The answer goes to file descriptor {@value DecoderProtocol#ANSWERS}, which no library knows;
 * whatever one prints on standard output goes to standard error and cannot disturb it.
 */
public final class DecoderMain {

  private static final int BUFFER_BYTES = 1 << 16;

  private final DataOutputStream answers;
  private final FfmpegLog log = FfmpegLog.install();

  private DecoderMain(DataOutputStream answers) {
    this.answers = answers;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    loadOwnFfmpeg();
    try (DataOutputStream answers =
        new DataOutputStream(
            new BufferedOutputStream(
                new FileOutputStream("/dev/fd/" + DecoderProtocol.ANSWERS), BUFFER_BYTES))) {
      DecoderMain decoder = new DecoderMain(answers);
      SynchronousQueue<DecodeRequest> requests = new SynchronousQueue<>();
      Thread reader = new Thread(() -> readUntilClosed(requests), "requests");
      reader.setDaemon(true);
      // A class that is not there is no exception: without requests this process would wait on.
      reader.setUncaughtExceptionHandler((thread, error) -> endUnread(error));
      reader.start();
      DecoderProtocol.writeHello(answers);
      while (true) {
        decoder.answer(requests.take());
      }
    }
  }

  /**
   * Loads what {@link OwnFfmpeg} names, where it names one: else the native layer would take the
   * jar's in place of a library that does not load, and say nothing.
   */
  private static void loadOwnFfmpeg() {
    String links = System.getProperty(OwnFfmpeg.PROPERTY);
    if (links == null) {
      return;
    }
    try {
      OwnFfmpeg.LIBRARIES.forEach(each -> System.load(Path.of(links, each.file()).toString()));
      Loader.load(avformat.class);
      Loader.load(swscale.class);
    } catch (LinkageError e) {
      endFailed(e.getMessage());
    }
    List<String> missing = AllowList.missing();
    if (!missing.isEmpty()) {
      endFailed("it does not have " + String.join(", ", missing));
    }
  }

  private static void endFailed(String why) {
    System.err.println(why);
    Runtime.getRuntime().halt(2);
  }

  private static void readUntilClosed(SynchronousQueue<DecodeRequest> requests) {
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in))) {
      while (true) {
        requests.put(DecodeRequest.read(in));
      }
    } catch (EOFException e) {
      deleteFolder();
      Runtime.getRuntime().halt(0);
    } catch (IOException | InterruptedException | RuntimeException e) {
      endUnread(e);
    }
  }

  private static void endUnread(Throwable error) {
    endFailed("the request could not be read: " + error);
  }

  /** The owner's private folder, which an owner that was killed could not delete. */
  private static void deleteFolder() {
    try {
      PrivateFolder.delete(Path.of(System.getProperty("java.io.tmpdir")));
    } catch (IOException e) {
      System.err.println("the private folder could not be deleted: " + e);
    }
  }

  private void answer(DecodeRequest request) throws IOException {
    DecodeVerdict verdict = new VideoReading(request, log).decode(new Answers());
    verdict.write(answers);
  }

  private final class Answers implements FrameSink {

    @Override
    public void plan(int frames, FrameSize size, SourceInfo source) throws IOException {
      answers.writeByte(DecoderProtocol.PLAN);
      answers.writeInt(frames);
      answers.writeInt(size.height());
      answers.writeInt(size.width());
      answers.writeInt(source.frames());
      answers.writeDouble(source.rate());
    }

    @Override
    public void frame(Choice.Place place, byte[] rgb) throws IOException {
      answers.writeByte(DecoderProtocol.FRAME);
      answers.writeInt(place.first());
      answers.writeInt(place.count());
      answers.writeInt(place.frameIndex());
      answers.writeLong(place.ptsMicros());
      answers.write(rgb);
    }
  }
}
