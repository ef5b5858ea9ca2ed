package io.tokenreel.model.safetensors;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The bytes of a tensor, and where they are. Thread-safe. */
sealed interface TensorBytes {

  /** How many. */
  long size();

  /** Some of them, where they are. */
  TensorBytes slice(long from, long size);

  /**
   * All of them, from position to limit; a duplicate.
   *
   * @throws IllegalArgumentException when they are more than a buffer holds
   */
  ByteBuffer buffer();

  /** Hands over all, in order, in parts of whole elements of any type. */
  void forEachPart(Consumer<ByteBuffer> consumer);

  /**
   * Bytes in memory.
   *
   * @param data from position to limit
   */
  record InMemory(ByteBuffer data) implements TensorBytes {

    public InMemory {
      data = data.slice();
    }

    @Override
    public long size() {
      return data.remaining();
    }

    @Override
    public TensorBytes slice(long from, long size) {
      return new InMemory(data.slice(Math.toIntExact(from), Math.toIntExact(size)));
    }

    @Override
    public ByteBuffer buffer() {
      return data.duplicate();
    }

    @Override
    public void forEachPart(Consumer<ByteBuffer> consumer) {
      consumer.accept(buffer());
    }
  }

  /** A file, as it was when its header was read. */
  record Version(Path path, FileTime modified, long size) {

    static Version of(Path path) throws IOException {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return new Version(path, found.lastModifiedTime(), found.size());
    }

    /**
     * Looks at it again.
     *
     * @throws IllegalStateException when it is another file by now
     */
    void requireSame() throws IOException {
      if (!equals(of(path))) {
        throw new IllegalStateException(
            "%s was replaced or written to while its tensors were being read: start again when nothing writes to it"
                .formatted(path));
      }
    }
  }

  /** Bytes of a file, which is opened whenever they are asked for. */
  record InFile(Version file, long begin, long size) implements TensorBytes {

    /** Small enough for a core's own cache, and many elements of any type. */
    private static final int PART_BYTES = 1 << 18;

    @Override
    public TensorBytes slice(long from, long size) {
      Objects.checkFromIndexSize(from, size, this.size);
      return new InFile(file, begin + from, size);
    }

    /** An interrupt is kept, and ends no loading: the model may be one that other tasks share. */
    @Override
    public ByteBuffer buffer() {
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "at most %d bytes of a tensor can be mapped at once; got %d of %s: take them in slices of rows"
                .formatted(Integer.MAX_VALUE, size, file.path()));
      }
      boolean interrupted = Thread.interrupted();
      try {
        while (true) {
          try {
            return mapped();
          } catch (ClosedByInterruptException e) {
            interrupted |= Thread.interrupted();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot map a tensor of " + file.path(), e);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private ByteBuffer mapped() throws IOException {
      try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
        ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, begin, size);
        file.requireSame();
        return mapped;
      }
    }

    /** Not by a channel, which an interrupt would close. */
    @Override
    public void forEachPart(Consumer<ByteBuffer> consumer) {
      ByteBuffer part = ByteBuffer.allocate((int) Math.min(PART_BYTES, size));
      try (RandomAccessFile in = new RandomAccessFile(file.path().toFile(), "r")) {
        in.seek(begin);
        for (long at = 0; at < size; at += part.limit()) {
          part.clear().limit((int) Math.min(PART_BYTES, size - at));
          in.readFully(part.array(), 0, part.limit());
          consumer.accept(part);
        }
        file.requireSame();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read a tensor of " + file.path(), e);
      }
    }
  }

  /**
   * Columns of a matrix.
   *
   * @param whole the matrix, row after row
   * @param row bytes of one of its rows
   * @param from the first byte of a row
   * @param to the one after the last
   */
  record Columns(TensorBytes whole, long row, long from, long to) implements TensorBytes {

    @Override
    public long size() {
      return whole.size() / row * (to - from);
    }

    /** Of whole rows. */
    @Override
    public TensorBytes slice(long from, long size) {
      long width = to - this.from;
      if (from % width != 0 || size % width != 0) {
        throw new IllegalArgumentException("columns are cut into whole rows");
      }
      return new Columns(
          whole.slice(from / width * row, size / width * row), row, this.from, this.to);
    }

    @Override
    public ByteBuffer buffer() {
      ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size()));
      forEachPart(all::put);
      return all.flip();
    }

    @Override
    public void forEachPart(Consumer<ByteBuffer> consumer) {
      AtomicLong passed = new AtomicLong();
      whole.forEachPart(
          part -> {
            while (part.hasRemaining()) {
              long column = passed.get() % row;
              long end = column < from ? from : column < to ? to : row;
              int bytes = (int) Math.min(end - column, part.remaining());
              if (column >= from && column < to) {
                consumer.accept(part.slice(part.position(), bytes));
              }
              part.position(part.position() + bytes);
              passed.addAndGet(bytes);
            }
          });
    }
  }
}
