package io.tokenreel.cache.lookup;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A Parquet file of which only one row group is there: its bytes at the place they have in the real
 * file, and after them a footer that speaks of nothing else. Parquet's own reader decodes it.
 */
final class RowGroupFile implements InputFile {

  private final long start;
  private final byte[] rowGroup;
  private final byte[] tail;

  /**
   * @param start place of the row group in the real file
   * @param rowGroup its bytes
   * @param footer Thrift of the file's metadata
   */
  RowGroupFile(long start, byte[] rowGroup, byte[] footer) {
    this.start = start;
    this.rowGroup = rowGroup;
    this.tail =
        ByteBuffer.allocate(footer.length + Integer.BYTES + 4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(footer)
            .putInt(footer.length)
            .put("PAR1".getBytes(StandardCharsets.US_ASCII))
            .array();
  }

  @Override
  public long getLength() {
    return start + rowGroup.length + tail.length;
  }

  @Override
  public SeekableInputStream newStream() {
    return new PartStream(new Part());
  }

  /** Reads from whichever of the two arrays holds the position. */
  private final class Part extends InputStream {

    private long position = start;
    private InputStream current = new ByteArrayInputStream(rowGroup);

    void seek(long target) throws IOException {
      long tailStart = start + rowGroup.length;
      if (target < start || target > getLength()) {
        throw new EOFException(
            "bytes %d to %d are here; asked for %d".formatted(start, getLength(), target));
      }
      current =
          target < tailStart
              ? new ByteArrayInputStream(
                  rowGroup, (int) (target - start), (int) (tailStart - target))
              : new ByteArrayInputStream(
                  tail, (int) (target - tailStart), (int) (getLength() - target));
      position = target;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = current.read(bytes, offset, length);
      if (count > 0) {
        position += count;
      }
      return count;
    }
  }

  private static final class PartStream extends DelegatingSeekableInputStream {

    private final Part part;

    PartStream(Part part) {
      super(part);
      this.part = part;
    }

    @Override
    public long getPos() {
      return part.position;
    }

    @Override
    public void seek(long target) throws IOException {
      part.seek(target);
    }
  }
}
