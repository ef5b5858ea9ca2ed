package io.tokenreel.video;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A private folder, and the decoder process that works in it once one was asked for. A process that
 * has died, was ended or left an answer unread is followed by a fresh one. Not thread-safe.
 */
final class DecoderSlot implements AutoCloseable {

  private final PrivateFolder folder;
  private final List<String> command;
  private DecoderProcess process;
  private int videos;

  /**
   * @param scratch the private folder's parent
   * @param command from the private folder to what is started in it
   */
  DecoderSlot(Path scratch, Function<Path, List<String>> command) {
    this.folder = new PrivateFolder(scratch, PrivateFolder.DECODER);
    this.command = command.apply(folder.path());
  }

  Path folder() {
    return folder.path();
  }

  /** The process for another video, started where there is none that can take it. */
  DecoderProcess processForAVideo() {
    if (process != null && !process.isReady()) {
      endProcess();
    }
    if (process == null) {
      process = DecoderProcess.start(command, folder.path());
      videos = 0;
    }
    videos++;
    return process;
  }

  /** Ends the process, in mid-video too; the next video has a fresh one. */
  void endProcess() {
    if (process != null) {
      process.close();
      process = null;
    }
  }

  /** Whether a process runs here whose folder nobody has removed, and has had so few videos. */
  boolean isUsable(int mostVideos) {
    return process != null
        && process.isReady()
        && videos < mostVideos
        && Files.isDirectory(folder.path());
  }

  /** The most memory that the present process ever had, in bytes; 0 where there is none. */
  long peakResidentBytes() {
    return process == null ? 0 : new ProcessUsage(process.process()).peakResidentBytes();
  }

  /**
   * Ends the process and removes the folder.
   *
   * @throws java.io.UncheckedIOException if it cannot be removed
   */
  @Override
  public void close() {
    endProcess();
    folder.close();
  }
}
