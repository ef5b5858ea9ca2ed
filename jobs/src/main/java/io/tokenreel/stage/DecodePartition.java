package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import io.tokenreel.video.VideoDecoder;
import io.tokenreel.video.VideoRef;
import java.util.Iterator;
import org.apache.spark.sql.Row;

/** Decodes the videos of one partition with a decoder process that no other task has meanwhile. */
final class DecodePartition extends RowStage {

  private static final long serialVersionUID = 1;

  private final int idColumn;
  private final int uriColumn;
  private final int lengthColumn;
  private final DecoderSettings settings;
  private final long maxBytesAhead;
  private final TaskConfiguration hadoop;
  private final StageCounters counters;

  /**
   * @param lengthColumn of the file's length in bytes, or -1
   */
  DecodePartition(
      int idColumn,
      int uriColumn,
      int lengthColumn,
      DecoderSettings settings,
      long maxBytesAhead,
      TaskConfiguration hadoop,
      StageCounters counters) {
    super("decode " + settings.sampling());
    this.idColumn = idColumn;
    this.uriColumn = uriColumn;
    this.lengthColumn = lengthColumn;
    this.settings = settings;
    this.maxBytesAhead = maxBytesAhead;
    this.hadoop = hadoop;
    this.counters = counters;
  }

  @Override
  Iterator<Row> open(Iterator<Row> rows) {
    VideoDecoder decoder = new VideoDecoder(settings, hadoop.value(), LocalFolder.ofTask());
    DecodeAhead videos =
        new DecodeAhead(rows, row -> decoded(row, decoder), decoder::close, maxBytesAhead);
    closeWithTask(videos);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return videos.hasNext();
      }

      @Override
      public Row next() {
        DecodeAhead.Decoded decoded = videos.next();
        count(decoded.video());
        return append(decoded.row(), FramesColumn.toRow(decoded.video()));
      }
    };
  }

  private DecodedVideo decoded(Row row, VideoDecoder decoder) {
    String uri = row.getString(uriColumn);
    if (uri == null) {
      String detail = "expected a path or URI of a video; got NULL";
      return new DecodedVideo(Outcome.FAILED, Reason.UNREADABLE, detail, null, 0, 0, 0, 0, 0, null);
    }
    String id = row.getString(idColumn);
    boolean known = lengthColumn >= 0 && !row.isNullAt(lengthColumn);
    return decoder.decode(
        new VideoRef(id == null ? uri : id, uri, known ? row.getLong(lengthColumn) : -1));
  }

  private void count(DecodedVideo video) {
    counters.videos().add(1L);
    counters.degraded().add(video.outcome() == Outcome.DEGRADED ? 1L : 0L);
    counters.failed().add(video.outcome() == Outcome.FAILED ? 1L : 0L);
    counters.millis().add(video.decodeMillis());
  }
}
