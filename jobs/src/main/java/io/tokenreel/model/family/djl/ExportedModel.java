package io.tokenreel.model.family.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import ai.djl.translate.NoopTranslator;
import io.tokenreel.model.engine.PyTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** An exported model on one device, in the engine of its format. Thread-safe. */
final class ExportedModel implements AutoCloseable {

  private static final String NAME = "encoder";

  private final ZooModel<NDList, NDList> model;

  private ExportedModel(ZooModel<NDList, NDList> model) {
    this.model = model;
  }

  /**
   * Loads a model through DJL's {@link Criteria}, from a folder in which there is nothing else:
   * from the model's own folder DJL would also take settings and classes, which are not in the
   * revision.
   *
   * @throws IllegalArgumentException when the file is none of its format, or its engine is not
   *     there
   */
  static ExportedModel load(ExportedFile file, Device device) {
    PyTorch.engine(); // first: it keeps all engines of the JVM from the network
    try {
      Path folder = Files.createTempDirectory("tokenreel-encoder");
      Path link = folder.resolve(NAME + file.format().ending());
      try {
        Files.createSymbolicLink(link, file.path().toAbsolutePath());
        return new ExportedModel(criteria(file.format(), folder, device).loadModel());
      } finally {
        Files.deleteIfExists(link);
        Files.delete(folder);
      }
    } catch (MalformedModelException | ModelNotFoundException | EngineException e) {
      throw new IllegalArgumentException(
          "%s of model '%s' cannot be loaded by %s on %s: %s; export it again, or choose another --device"
              .formatted(file.name(), file.model(), file.format().engine(), device, reason(e)),
          e);
    } catch (LinkageError e) {
      throw file.withoutEngine(e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot load %s".formatted(file.path()), e);
    }
  }

  private static Criteria<NDList, NDList> criteria(
      ExportFormat format, Path folder, Device device) {
    return Criteria.builder()
        .setTypes(NDList.class, NDList.class)
        .optModelPath(folder)
        .optModelName(NAME)
        .optEngine(format.engine())
        .optOptions(format.options())
        .optDevice(device)
        .optTranslator(new NoopTranslator())
        .build();
  }

  /** What the innermost message says, without the calls that engines list after or before it. */
  static String reason(Throwable thrown) {
    Throwable inner = thrown;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    List<String> lines = String.valueOf(inner.getMessage()).lines().map(String::strip).toList();
    return lines.stream()
        .filter(line -> line.startsWith("RuntimeError: "))
        .findFirst()
        .orElseGet(
            () ->
                lines.stream()
                    .takeWhile(line -> !line.startsWith("Exception raised from"))
                    .collect(Collectors.joining(" ")));
  }

  /** Owns what is native of a pass; to be closed by the caller. */
  NDManager newPass() {
    return model.getNDManager().newSubManager();
  }

  /**
   * One forward pass.
   *
   * @param pixels float32 {@code [n, 3, height, width]}, whose manager owns the outputs
   */
  NDList forward(NDArray pixels) {
    PyTorch.limitThread();
    ParameterStore parameters = new ParameterStore(pixels.getManager(), false);
    return model.getBlock().forward(parameters, new NDList(pixels), false);
  }

  @Override
  public void close() {
    model.close();
  }
}
