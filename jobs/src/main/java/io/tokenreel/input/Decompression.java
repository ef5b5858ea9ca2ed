package io.tokenreel.input;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/** Compressed text files, recognised by the last ending of their names. */
final class Decompression {

  /** The endings of compressed files. */
  static final List<String> ENDINGS = List.of(".gz", ".bz2", ".zst", ".xz");

  /** What the decompressors of bzip2 and Zstandard say of a file that was cut. */
  private static final List<String> ENDS_EARLY =
      List.of("Unexpected end of stream", "Truncated source");

  private Decompression() {}

  /** A lower-case name without the ending of its compression. */
  static String plainName(String name) {
    return ENDINGS.stream()
        .filter(name::endsWith)
        .findFirst()
        .map(ending -> name.substring(0, name.length() - ending.length()))
        .orElse(name);
  }

  /**
   * The decompressed bytes of a file; those of a file without such an ending as they are. Files
   * that were compressed in parts and joined are read to their end.
   */
  static InputStream open(String fileName, InputStream in) throws IOException {
    String name = fileName.toLowerCase(Locale.ROOT);
    BufferedInputStream buffered = new BufferedInputStream(in);
    try {
      CompressorStreamFactory codecs = new CompressorStreamFactory(true);
      if (name.endsWith(".gz")) {
        return codecs.createCompressorInputStream(CompressorStreamFactory.GZIP, buffered);
      }
      if (name.endsWith(".bz2")) {
        return codecs.createCompressorInputStream(CompressorStreamFactory.BZIP2, buffered);
      }
      if (name.endsWith(".zst")) {
        return codecs.createCompressorInputStream(
            CompressorStreamFactory.ZSTANDARD, new LastByteApart(buffered));
      }
      if (name.endsWith(".xz")) {
        return codecs.createCompressorInputStream(CompressorStreamFactory.XZ, buffered);
      }
      return buffered;
    } catch (CompressorException e) {
      throw new MalformedRecordException("it is not compressed as its ending says", e);
    }
  }

  /** Whether a failure says that the compressed bytes end before the text does. */
  static boolean endsEarly(Throwable failure) {
    return failure instanceof EOFException || ENDS_EARLY.contains(failure.getMessage());
  }
}
