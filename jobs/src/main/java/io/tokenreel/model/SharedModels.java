package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/**
 * One vision tower and one language model per JVM and device, shared by the tasks that come and go.
 *
 * <p>A model outlives its leases: the next task of the same one finds it warm. It is closed when
 * another of its kind is asked for on its device, as soon as its last lease ends; so a device holds
 * one idle model of a kind at most, and the last one ends with the JVM.
 */
public final class SharedModels {

  private static final Map<Place, Shared<?>> CURRENT = new HashMap<>();

  private SharedModels() {}

  /** What there is one of. */
  private record Place(Class<?> kind, DeviceChoice device) {}

  /** A task's hold on a shared model; closing it returns the hold, not the model. */
  public interface Lease<M> extends AutoCloseable {

    /** The model, valid until this lease is closed. */
    M model();

    /** Gives the hold back; a second call does nothing. */
    @Override
    void close();
  }

  /**
   * Leases the vision tower of a model on a device, and opens it when no task of this JVM has yet
   * or its files have changed since.
   *
   * @param batchFrames frames of a forward pass where the device is a GPU; a tower of another
   *     number is another tower, for a frame's last bits would change with it
   * @throws IllegalArgumentException as {@link Models#openVision} does
   */
  public static Lease<VisionTower> vision(
      String model, DeviceChoice choice, int batchFrames, Configuration hadoop) {
    CheckpointFolder folder = Models.folder(model, hadoop);
    DeviceChoice device = Models.checkDevice(choice);
    String stamp =
        device.kind() == DeviceChoice.Kind.CPU
            ? folder.stamp()
            : folder.stamp() + " in passes of " + batchFrames;
    return lease(
        new Place(VisionTower.class, device),
        stamp,
        () -> Models.openVision(folder, device, batchFrames),
        VisionTower::close);
  }

  /**
   * Leases the language model of a model on a device, and opens it when no task of this JVM has yet
   * or its files have changed since.
   *
   * @throws IllegalArgumentException as {@link Models#openLanguage} does
   */
  public static Lease<LanguageModel> language(
      String model, DeviceChoice choice, Configuration hadoop) {
    CheckpointFolder folder = Models.folder(model, hadoop);
    DeviceChoice device = Models.checkDevice(choice);
    return lease(
        new Place(LanguageModel.class, device),
        folder.stamp(),
        () -> Models.openLanguage(folder, device),
        LanguageModel::close);
  }

  @SuppressWarnings("unchecked") // a place holds models of its own kind only
  private static <M> Lease<M> lease(
      Place place, String stamp, Supplier<M> open, Consumer<M> close) {
    Shared<M> shared;
    Shared<M> ended = null;
    boolean opens = false;
    synchronized (CURRENT) {
      shared = (Shared<M>) CURRENT.get(place);
      if (shared == null || !shared.stamp.equals(stamp)) {
        ended = shared != null && shared.retire() ? shared : null;
        shared = new Shared<>(stamp, close);
        CURRENT.put(place, shared);
        opens = true;
      }
      shared.leases++;
    }
    // From here on nobody waits but those who need this very model.
    try {
      if (ended != null) {
        ended.close();
      }
      if (opens) {
        shared.open(open);
      }
      return shared.lease();
    } catch (RuntimeException | Error e) {
      shared.fail(e);
      synchronized (CURRENT) {
        CURRENT.remove(place, shared);
      }
      throw e;
    }
  }

  /**
   * A model, its leases, and whether another one has taken its place; these two are guarded by
   * CURRENT.
   */
  private static final class Shared<M> {

    private final String stamp;
    private final Consumer<M> close;
    private final CompletableFuture<M> model = new CompletableFuture<>();
    private int leases;
    private boolean retired;

    Shared(String stamp, Consumer<M> close) {
      this.stamp = stamp;
      this.close = close;
    }

    void open(Supplier<M> open) {
      model.complete(open.get());
    }

    /** Does nothing once the model is open. */
    void fail(Throwable reason) {
      model.completeExceptionally(reason);
    }

    /** A lease that was counted; waits for the one who opens the model. */
    Lease<M> lease() {
      M opened = opened();
      return new Lease<>() {
        private boolean closed;

        @Override
        public M model() {
          return opened;
        }

        @Override
        public void close() {
          boolean last;
          synchronized (CURRENT) {
            if (closed) {
              return;
            }
            closed = true;
            leases--;
            last = retired && leases == 0;
          }
          if (last) {
            Shared.this.close();
          }
        }
      };
    }

    private M opened() {
      try {
        return model.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException reason) {
          throw reason;
        }
        throw e;
      }
    }

    /** Whether it is to be closed now, for nobody has it any more. */
    boolean retire() {
      retired = true;
      return leases == 0;
    }

    void close() {
      close.accept(model.join());
    }
  }
}
