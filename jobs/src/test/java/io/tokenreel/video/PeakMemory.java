package io.tokenreel.video;

/** The most memory that a decoder's processes have while this is open, looked at all the time. */
final class PeakMemory implements AutoCloseable {

  private static final long LOOK_MILLIS = 5;

  private final VideoDecoder decoder;
  private final Thread looking;
  private volatile long bytes;

  PeakMemory(VideoDecoder decoder) {
    this.decoder = decoder;
    this.looking = new Thread(this::look, "peak-memory");
    looking.start();
  }

  private void look() {
    try {
      while (true) {
        bytes();
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      // It was closed.
    }
  }

  /** So far. */
  synchronized long bytes() {
    bytes = Math.max(bytes, decoder.peakResidentBytes());
    return bytes;
  }

  @Override
  public void close() throws InterruptedException {
    looking.interrupt();
    looking.join();
  }
}
