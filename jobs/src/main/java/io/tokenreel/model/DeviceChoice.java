package io.tokenreel.model;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The device that a model is asked to run on. {@code auto} becomes the first GPU where the engine
 * sees one, else the CPU, when {@link Models#checkDevice} or {@link Models#openVision} meets it.
 *
 * @param kind what is asked for; a GPU whose number is not said is the first
 * @param index of the GPU among those that the engine sees, 0 for other kinds
 */
public record DeviceChoice(Kind kind, int index) implements Serializable {

  /** The words that the command line and the settings use. */
  public enum Kind {
    AUTO,
    CPU,
    CUDA
  }

  /** What {@link #parse} takes, for messages and docs. */
  public static final String WORDS = "auto, cpu, cuda or cuda:N";

  private static final Pattern NUMBERED = Pattern.compile("cuda:(\\d{1,4})");

  /** A GPU where there is one, else the CPU. */
  public static final DeviceChoice AUTO = new DeviceChoice(Kind.AUTO, 0);

  /** The CPU, also where there are GPUs. */
  public static final DeviceChoice CPU = new DeviceChoice(Kind.CPU, 0);

  public DeviceChoice {
    if (index < 0 || (kind != Kind.CUDA && index != 0)) {
      throw new IllegalArgumentException(
          "a device index must be at least 0 and belongs to cuda only; got " + kind + " " + index);
    }
  }

  /** The GPU of this index, such as the address that Spark's task resources give. */
  public static DeviceChoice cuda(int index) {
    return new DeviceChoice(Kind.CUDA, index);
  }

  /**
   * What this choice comes to in a task that Spark has assigned GPUs to: the first of them, unless
   * the CPU was asked for.
   *
   * @param addresses of the GPUs, as the discovery script named them, at least one
   * @throws IllegalArgumentException for an address that is not the number of a GPU
   */
  public DeviceChoice assigned(List<String> addresses) {
    if (kind == Kind.CPU) {
      return this;
    }
    String address = addresses.get(0);
    if (!address.matches("\\d{1,4}")) {
      throw new IllegalArgumentException(
          "Spark assigned the GPU '%s'; expected its number among those that the executor sees, such as 0: have spark.executor.resource.gpu.discoveryScript print numbers, not UUIDs or MIG names"
              .formatted(address));
    }
    return cuda(Integer.parseInt(address));
  }

  /**
   * The choice of a word.
   *
   * @throws IllegalArgumentException for another word than {@value #WORDS}
   */
  public static DeviceChoice parse(String text) {
    return switch (text) {
      case "auto" -> AUTO;
      case "cpu" -> CPU;
      case "cuda" -> cuda(0);
      default -> {
        Matcher numbered = NUMBERED.matcher(text);
        if (!numbered.matches()) {
          throw new IllegalArgumentException("unknown device '" + text + "'; expected " + WORDS);
        }
        yield cuda(Integer.parseInt(numbered.group(1)));
      }
    };
  }

  @Override
  public String toString() {
    return switch (kind) {
      case AUTO -> "auto";
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
    };
  }
}
