package io.tokenreel.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Linux says of a machine's processors.
 *
 * @param name of the processor; empty where the system does not say
 * @param bf16Unit the instructions that multiply bf16: {@value #AMX}, else {@value #AVX512_BF16},
 *     else empty
 */
public record Processor(String name, String bf16Unit) {

  /** Matrix tiles. */
  public static final String AMX = "AMX";

  /** Vectors. */
  public static final String AVX512_BF16 = "AVX512-BF16";

  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** Read once, when somebody asks. */
  private static final class Here {
    static final Processor PROCESSOR = of(read());
  }

  /** The processors of this machine. */
  public static Processor here() {
    return Here.PROCESSOR;
  }

  /**
   * The first processor of a text in the form of {@code /proc/cpuinfo}.
   *
   * @param cpuinfo empty where a system has none
   */
  public static Processor of(String cpuinfo) {
    return new Processor(
        value(cpuinfo, "model name"), bf16Unit(List.of(value(cpuinfo, "flags").split(" "))));
  }

  private static String bf16Unit(List<String> flags) {
    if (flags.contains("amx_bf16")) {
      return AMX;
    }
    return flags.contains("avx512_bf16") ? AVX512_BF16 : "";
  }

  /** Of the first line with the key; empty without one. */
  private static String value(String cpuinfo, String key) {
    return cpuinfo
        .lines()
        .filter(line -> line.matches(key + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** The lines of the first processor, for there may be hundreds. */
  private static String read() {
    if (!Files.exists(CPUINFO)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(CPUINFO)) {
      return String.join("\n", lines.takeWhile(line -> !line.isBlank()).toList());
    } catch (IOException e) {
      return ""; // a report says less then
    }
  }
}
