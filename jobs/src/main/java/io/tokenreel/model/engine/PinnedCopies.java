package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.OpenParts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Copies that a GPU does by itself, from and to pinned memory: they are queued, and whoever queues
 * them goes on. DJL has no such memory and no such copies, so helpers make both. Thread-safe.
 *
 * <p>With a manager of the CPU the memory is not pinned and each copy is done at once, so that
 * tests run every line of it.
 */
final class PinnedCopies implements AutoCloseable {

  private final OpenParts parts = new OpenParts();
  private final NDManager manager;
  private final TorchFunction hostArray;
  private final TorchFunction upload;
  private final TorchFunction download;
  private final TorchFunction wait;
  private final Queue<HostArray> idle = new ConcurrentLinkedQueue<>(); // of downloads that ended

  /**
   * @param manager whose device is to be copied to and from; outlives this
   */
  PinnedCopies(NDManager manager) {
    this.manager = manager;
    try {
      this.hostArray = parts.add(load("host_array.pt"));
      this.upload = parts.add(load("upload.pt"));
      this.download = parts.add(load("download.pt"));
      this.wait = parts.add(load("wait.pt"));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  private TorchFunction load(String resource) {
    return TorchFunction.load(PinnedCopies.class, resource, manager.getDevice());
  }

  /** An array in pinned memory, whose manager ends with it. */
  private record HostArray(NDManager owner, NDArray array) {

    ByteBuffer bytes() {
      return array.toByteBuffer(true).order(ByteOrder.nativeOrder()); // its very memory
    }
  }

  private HostArray newHostArray(long count, DataType type) {
    NDManager owner = manager.newSubManager(Device.cpu());
    try (NDArray number = owner.create(count);
        NDArray like = manager.zeros(new Shape(0), type)) {
      return new HostArray(owner, hostArray.apply(number, new NDList(like)));
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /** Pinned memory for frames, which {@link #upload} reads. */
  HostMemory memory(int bytes) {
    HostArray array = newHostArray(bytes, DataType.UINT8);
    return new HostMemory(array.bytes(), array.owner()::close);
  }

  /**
   * Queues the copy of frames to the device.
   *
   * @param owner of the copy, on the device
   * @param rgb direct, uint8; not to be written to before the pass has ended
   */
  NDArray upload(NDManager owner, ByteBuffer rgb, Shape shape) {
    try (NDManager host = owner.newSubManager(Device.cpu());
        NDArray like = owner.zeros(new Shape(0))) {
      NDArray levels = upload.apply(host.create(rgb, shape, DataType.UINT8), new NDList(like));
      levels.attach(owner); // arrays that are made of it are made by its manager
      return levels;
    }
  }

  /** Queues the copy of float32 tokens to the host. */
  Download download(NDArray tokens) {
    HostArray last = idle.poll();
    if (last != null && last.array().size() < tokens.size()) {
      last.owner().close();
      last = null;
    }
    HostArray target = last == null ? newHostArray(tokens.size(), DataType.FLOAT32) : last;
    download.apply(tokens, new NDList(target.array()));
    return new Download(tokens, target);
  }

  /** Tokens on their way to the host. */
  final class Download implements AutoCloseable {

    private final NDArray tokens;
    private final HostArray target;

    private Download(NDArray tokens, HostArray target) {
      this.tokens = tokens;
      this.target = target;
    }

    /**
     * Waits until all is done that the device had queued.
     *
     * @return the tokens, valid until this is closed
     */
    FloatBuffer await() {
      wait.apply(tokens, new NDList());
      return target.bytes().asFloatBuffer().limit(Math.toIntExact(tokens.size()));
    }

    @Override
    public void close() {
      idle.add(target);
    }
  }

  @Override
  public void close() {
    idle.forEach(array -> array.owner().close());
    parts.close();
  }
}
