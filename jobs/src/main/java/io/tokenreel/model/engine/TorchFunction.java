package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A TorchScript helper that ships as a resource: code without weights, called as a function of
 * tensors. Thread-safe.
 */
public final class TorchFunction implements AutoCloseable {

  private final Model model;
  private final Block block;

  private TorchFunction(Model model) {
    this.model = model;
    this.block = model.getBlock();
  }

  /**
   * Loads a helper.
   *
   * @param owner the class that it lies beside
   * @param resource its file name
   */
  public static TorchFunction load(Class<?> owner, String resource, Device device) {
    Model model = Model.newInstance(resource, device, PyTorch.engine().getEngineName());
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource + " beside " + owner.getName());
      }
      model.load(in, Map.of());
      return new TorchFunction(model);
    } catch (IOException e) {
      model.close();
      throw new UncheckedIOException(e);
    } catch (MalformedModelException e) {
      model.close();
      throw new IllegalStateException("this engine cannot read its helper " + resource, e);
    }
  }

  /**
   * Calls a helper that has one result.
   *
   * @param x the first argument, whose manager owns the result
   * @param others the arguments after it, in order
   */
  public NDArray apply(NDArray x, NDList others) {
    NDList arguments = new NDList(others.size() + 1);
    arguments.add(x);
    arguments.addAll(others);
    return apply(arguments).singletonOrThrow();
  }

  /**
   * Calls the helper.
   *
   * @param arguments in order; the first one's manager owns the results
   */
  public NDList apply(NDList arguments) {
    PyTorch.limitThread();
    NDManager manager = arguments.head().getManager();
    return block.forward(new ParameterStore(manager, false), arguments, false);
  }

  @Override
  public void close() {
    model.close();
  }
}
