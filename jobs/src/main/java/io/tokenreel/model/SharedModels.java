package io.tokenreel.model;

import java.util.HashMap;
import java.util.Map;
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
    synchronized (CURRENT) {
      DeviceChoice device = Models.checkDevice(choice);
      String stamp =
          device.kind() == DeviceChoice.Kind.CPU
              ? folder.stamp()
              : folder.stamp() + " in passes of " + batchFrames;
      return lease(
          new Place(VisionTower.class, device),
          stamp,
          () -> {
            VisionTower tower = Models.openVision(folder, device, batchFrames);
            return new Shared<>(stamp, tower, tower::close);
          });
    }
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
    synchronized (CURRENT) {
      DeviceChoice device = Models.checkDevice(choice);
      String stamp = folder.stamp();
      return lease(
          new Place(LanguageModel.class, device),
          stamp,
          () -> {
            LanguageModel opened = Models.openLanguage(folder, device);
            return new Shared<>(stamp, opened, opened::close);
          });
    }
  }

  @SuppressWarnings("unchecked") // a place holds models of its own kind only
  private static <M> Lease<M> lease(Place place, String stamp, Supplier<Shared<M>> open) {
    Shared<M> shared = (Shared<M>) CURRENT.get(place);
    if (shared == null || !shared.stamp.equals(stamp)) {
      if (shared != null) {
        CURRENT.remove(place);
        shared.retire();
      }
      shared = open.get();
      CURRENT.put(place, shared);
    }
    return shared.lease();
  }

  /** A model, its leases, and whether another one has taken its place. Guarded by CURRENT. */
  private static final class Shared<M> {

    private final String stamp;
    private final M model;
    private final Runnable close;
    private int leases;
    private boolean retired;

    Shared(String stamp, M model, Runnable close) {
      this.stamp = stamp;
      this.model = model;
      this.close = close;
    }

    Lease<M> lease() {
      leases++;
      return new Lease<>() {
        private boolean closed;

        @Override
        public M model() {
          return model;
        }

        @Override
        public void close() {
          synchronized (CURRENT) {
            if (!closed) {
              closed = true;
              leases--;
              closeWhenDone();
            }
          }
        }
      };
    }

    void retire() {
      retired = true;
      closeWhenDone();
    }

    private void closeWhenDone() {
      if (retired && leases == 0) {
        close.run();
      }
    }
  }
}
