package io.tokenreel.model.engine;

import io.tokenreel.model.DeviceException;
import java.util.List;
import java.util.Optional;

/** Failures of engines for want of a device's memory, recognised by their messages. */
public final class OutOfMemory {

  /** Of CUDA and its allocator, the CPU's allocator, CUDA's libraries, and ONNX Runtime. */
  private static final List<String> WORDS =
      List.of(
          "out of memory",
          "can't allocate memory",
          "CUBLAS_STATUS_ALLOC_FAILED",
          "CUDNN_STATUS_ALLOC_FAILED",
          "Failed to allocate memory for requested buffer");

  private OutOfMemory() {}

  /** The line that says so, if a failure or one that it was caused by is such a one. */
  public static Optional<String> line(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<String> line =
          String.valueOf(cause.getMessage())
              .lines()
              .filter(text -> WORDS.stream().anyMatch(text::contains))
              .findFirst();
      if (line.isPresent()) {
        return line.map(String::strip);
      }
    }
    return Optional.empty();
  }

  /** What a model's opening failed for: the failure itself, or its weights that do not fit. */
  static RuntimeException whileOpening(String model, RuntimeException failure) {
    return line(failure)
        .<RuntimeException>map(
            line ->
                new DeviceException(
                    "the weights of model '%s' do not fit into the device's memory: %s; compute in bf16 with --compute-dtype bf16, free the device, or choose another --device"
                        .formatted(model, line)))
        .orElse(failure);
  }
}
