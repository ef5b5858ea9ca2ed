package io.tokenreel.cache.commit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where ids of processes count: two pods, or two virtual machines, may have one host name.
 *
 * @param boot of the kernel, {@code /proc/sys/kernel/random/boot_id}
 * @param processes the namespace of process ids, {@code /proc/self/ns/pid}
 * @param id of the installation, {@code /etc/machine-id}; empty where there is none
 */
record Machine(String boot, String processes, String id) {

  /** The kernel's first namespace, that of no container (include/uapi/linux/nsfs.h). */
  private static final String FIRST = "pid:[4026531836]";

  private static final Path ID = Path.of("/etc/machine-id");

  static Machine here() throws IOException {
    return new Machine(
        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
        Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString(),
        Files.isReadable(ID) ? Files.readString(ID).strip() : "");
  }

  /**
   * Whether an id of a process there is one here: the same container of a running kernel, or the
   * same installation without a container, which may have been started again in between.
   */
  boolean numbers(Machine other) {
    if (!processes.equals(other.processes)) {
      return false;
    }
    return boot.equals(other.boot)
        || (processes.equals(FIRST) && !id.isEmpty() && id.equals(other.id));
  }
}
