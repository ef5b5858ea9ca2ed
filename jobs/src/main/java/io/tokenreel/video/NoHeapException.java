package io.tokenreel.video;

/** The frames of a video do not fit into the heap of the process that asked for them. */
final class NoHeapException extends ProtocolException {

  private static final long serialVersionUID = 1;

  NoHeapException(long bytes, long heapBytes) {
    super(
        "its frames take %d MB, and the heap of %d MB has no room for them; sample fewer frames, make them smaller with --fit, run fewer tasks at a time, or give executors more memory (spark.executor.memory)"
            .formatted(bytes >> 20, heapBytes >> 20));
  }
}
