import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lets shared libraries load on an older glibc than the one they were linked with, by taking the version off symbols that the older one
 * has under another version:
 *
 * <pre>java LowerGlibc.java 2.34 hypot FOLDER</pre>
 *
 * The build runs it on FFmpeg's libraries. They want {@code hypot@GLIBC_2.35}, whose older version differs in how it reports an overflow
 * alone. A symbol without a version is bound to the one that the machine has, and the version that is wanted is marked as weak, so that
 * the loader does without it. A file that needs anything else of a newer glibc fails the build.
 *
 * <p>Sections and structures are those of the ELF specification for 64 bits and of the Linux Standard Base's chapter on symbol versioning.
 */
final class LowerGlibc {

  private static final String PREFIX = "GLIBC_";
  private static final int SECTION_BYTES = 64;
  private static final int SYMBOL_BYTES = 24;
  private static final int DYNSYM = 11;
  private static final int VERNEED = 0x6ffffffe;
  private static final int VERSYM = 0x6fffffff;
  private static final short WEAK = 2;
  private static final short GLOBAL = 1;
  private static final int INDEX = 0x7fff;

  private final ByteBuffer elf;
  private final Map<Integer, Long> offsets = new HashMap<>();
  private final Map<Integer, Long> sizes = new HashMap<>();
  private final Map<Integer, Long> names = new HashMap<>();

  private LowerGlibc(byte[] file) {
    elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int sections = (int) elf.getLong(40);
    for (int i = 0; i < elf.getShort(60); i++) {
      int section = sections + i * SECTION_BYTES;
      int type = elf.getInt(section + 4);
      offsets.put(type, elf.getLong(section + 24));
      sizes.put(type, elf.getLong(section + 32));
      names.put(type, elf.getLong(sections + elf.getInt(section + 40) * SECTION_BYTES + 24)); // of the linked section
    }
  }

  public static void main(String[] arguments) throws IOException {
    int[] newest = numbers(arguments[0]);
    Set<String> unversioned = Set.of(arguments[1].split(","));
    List<Path> libraries;
    try (Stream<Path> files = Files.list(Path.of(arguments[2]))) {
      libraries = files.filter(Files::isRegularFile).toList();
    }
    for (Path library : libraries) {
      byte[] bytes = Files.readAllBytes(library);
      List<String> refused = new LowerGlibc(bytes).lower(newest, unversioned);
      if (!refused.isEmpty()) {
        throw new IllegalStateException(
            "%s needs %s, which glibc %s does not have; only %s may go without a version".formatted(library, refused, arguments[0], unversioned));
      }
      Files.write(library, bytes);
    }
  }

  /** What is needed of a newer glibc and is none of the symbols that may go without a version. */
  private List<String> lower(int[] newest, Set<String> unversioned) {
    Map<Integer, String> newer = newer(newest);
    List<String> refused = new ArrayList<>();
    int symbols = offsets.get(DYNSYM).intValue();
    int versions = offsets.get(VERSYM).intValue();
    for (int i = 0; i < sizes.get(DYNSYM) / SYMBOL_BYTES; i++) {
      String version = newer.get(elf.getShort(versions + 2 * i) & INDEX);
      if (version != null) {
        String symbol = text(names.get(DYNSYM) + elf.getInt(symbols + i * SYMBOL_BYTES));
        if (unversioned.contains(symbol)) {
          elf.putShort(versions + 2 * i, GLOBAL);
        } else {
          refused.add(symbol + "@" + version);
        }
      }
    }
    return refused;
  }

  /** Versions of glibc that are newer, by their index among the file's; they are marked as weak. */
  private Map<Integer, String> newer(int[] newest) {
    Map<Integer, String> newer = new HashMap<>();
    int library = offsets.get(VERNEED).intValue();
    for (int next = 1; next != 0; library += next) {
      int version = library + elf.getInt(library + 8);
      for (int i = 0; i < elf.getShort(library + 2); i++) {
        String name = text(names.get(VERNEED) + elf.getInt(version + 8));
        if (name.matches(PREFIX + "[0-9.]+") && isNewer(numbers(name.substring(PREFIX.length())), newest)) {
          newer.put((int) elf.getShort(version + 6), name);
          elf.putShort(version + 4, (short) (elf.getShort(version + 4) | WEAK));
        }
        version += elf.getInt(version + 12);
      }
      next = elf.getInt(library + 12);
    }
    return newer;
  }

  private static boolean isNewer(int[] version, int[] newest) {
    return version[0] > newest[0] || version[0] == newest[0] && version[1] > newest[1];
  }

  private static int[] numbers(String version) {
    String[] parts = version.split("\\.");
    return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])};
  }

  private String text(long offset) {
    int end = (int) offset;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), (int) offset, end - (int) offset, StandardCharsets.ISO_8859_1);
  }
}
