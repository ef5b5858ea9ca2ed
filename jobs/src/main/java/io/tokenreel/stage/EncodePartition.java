package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.SharedModels;
import io.tokenreel.model.VisionTower;
import io.tokenreel.token.TokenFormat;
import java.util.Iterator;
import org.apache.spark.sql.Row;

/** Encodes the videos of one partition with the vision tower that all tasks of the JVM share. */
final class EncodePartition extends RowStage {

  private static final long serialVersionUID = 1;

  private final int framesColumn;
  private final String model;
  private final String encoder;
  private final DeviceChoice device;
  private final int batchFrames;
  private final TokenFormat dtype;
  private final VideoLimit limit;
  private final TaskConfiguration hadoop;
  private final StageCounters counters;

  EncodePartition(
      int framesColumn,
      VisionEncoder.Settings settings,
      TaskConfiguration hadoop,
      StageCounters counters) {
    super("encode " + settings.encoder());
    this.framesColumn = framesColumn;
    this.model = settings.model();
    this.encoder = settings.encoder();
    this.device = settings.device();
    this.batchFrames = settings.batchFrames();
    this.dtype = settings.dtype();
    this.limit = settings.limit();
    this.hadoop = hadoop;
    this.counters = counters;
  }

  @Override
  Iterator<Row> open(Iterator<Row> rows) {
    SharedModels.Lease<VisionTower> lease =
        SharedModels.vision(model, taskDevice(device), batchFrames, hadoop.value());
    closeWithTask(lease);
    closeWithTask(() -> counters.devices().add(lease.model().use())); // while it is held
    requireDriversCopy(model, lease.model().info().encoder(), encoder);
    // While one batch is encoded another one fills up.
    EncodedRows encoded =
        new EncodedRows(rows, framesColumn, lease.model(), 2 * batchFrames, dtype, limit, counters);
    closeWithTask(encoded);
    return encoded;
  }
}
