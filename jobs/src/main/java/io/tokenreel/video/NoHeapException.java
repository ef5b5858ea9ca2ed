package io.tokenreel.video;

/** The frames of a video do not fit into the heap of the process that asked for them. */
final class NoHeapException extends ProtocolException {

  private static final long serialVersionUID = 1;

  private final boolean lasting;

  /**
   * @param lasting whether it is too much for an empty heap; else other tasks may have filled it
   */
  NoHeapException(long bytes, long heapBytes, boolean lasting) {
    super(
        "its frames take %d MB, and the heap of %d MB has no room for them; sample fewer frames, make them smaller with --fit, run fewer tasks at a time, or give executors more memory (spark.executor.memory)"
            .formatted(bytes >> 20, heapBytes >> 20));
    this.lasting = lasting;
  }

  /** What the video's outcome is for want of heap. */
  Reason reason() {
    return lasting ? Reason.TOO_LARGE : Reason.DECODER_MEMORY;
  }
}
