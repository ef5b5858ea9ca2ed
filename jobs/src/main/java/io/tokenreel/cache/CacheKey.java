package io.tokenreel.cache;

import static org.apache.spark.sql.functions.col;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * What tells rows of {@code tokens/} and {@code selections/} apart: which bytes of which video,
 * encoded and compressed how. {@code features/} has the same key without a compression, {@code
 * answers/} has it among the columns of its own key.
 *
 * <p>The format of stored tokens is no part of it: a cache has one for all tokens of an {@link
 * EncodingSetting}, which is checked before a run begins.
 *
 * @param compression canonical compression spec
 */
public record CacheKey(VideoContent video, EncodingSetting encoding, String compression)
    implements Serializable {

  /** The column of {@link #compression}. */
  public static final String COMPRESSION = "compression";

  /** The columns without the compression: the key of {@code features/}. */
  public static final List<String> UNCOMPRESSED =
      Stream.of(VideoContent.COLUMNS, EncodingSetting.COLUMNS).flatMap(List::stream).toList();

  /** The columns without the video: what rows of different videos have in common. */
  public static final List<String> SETTING =
      Stream.concat(EncodingSetting.COLUMNS.stream(), Stream.of(COMPRESSION)).toList();

  /** All columns, in the order of the components. */
  public static final List<String> COLUMNS =
      Stream.concat(UNCOMPRESSED.stream(), Stream.of(COMPRESSION)).toList();

  public CacheKey {
    Objects.requireNonNull(video, "video");
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(compression, COMPRESSION);
  }

  /** Of a row that has {@link #COLUMNS}, wherever they stand. */
  public static CacheKey of(Row row) {
    return of(row::<String>getAs);
  }

  /** Of a row's columns. */
  public static CacheKey of(UnaryOperator<String> columns) {
    return new CacheKey(
        VideoContent.of(columns), EncodingSetting.of(columns), columns.apply(COMPRESSION));
  }

  /** Which rows of a table have one of these compressions. */
  public static Column compressedBy(Collection<String> compressions) {
    return col(COMPRESSION).isin(compressions.toArray());
  }

  /** Whether it is of this setting, whatever the video. */
  public boolean isOf(EncodingSetting setting, String spec) {
    return encoding.equals(setting) && compression.equals(spec);
  }

  public void writeTo(DataOutputStream out) throws IOException {
    out.writeUTF(video.videoId());
    out.writeUTF(video.contentSha256());
    out.writeUTF(encoding.encoder());
    out.writeUTF(encoding.sampling());
    out.writeUTF(compression);
  }

  public static CacheKey readFrom(DataInputStream in) throws IOException {
    return new CacheKey(
        new VideoContent(in.readUTF(), in.readUTF()),
        new EncodingSetting(in.readUTF(), in.readUTF()),
        in.readUTF());
  }

  /** As messages name it. */
  @Override
  public String toString() {
    return "video %s (sha256 %s), %s, %s"
        .formatted(video.videoId(), video.contentSha256(), encoding, compression);
  }
}
