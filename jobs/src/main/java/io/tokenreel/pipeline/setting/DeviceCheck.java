package io.tokenreel.pipeline.setting;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.DeviceException;
import io.tokenreel.model.Models;
import io.tokenreel.stage.ComputingModel;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Refuses {@code --device cuda} where no executor will have a GPU, and in local mode an engine that
 * cannot be loaded, before anything is started.
 */
public final class DeviceCheck {

  private DeviceCheck() {}

  public static void require(SparkSession spark, String device) {
    DeviceChoice choice = DeviceChoice.parse(device);
    boolean cuda = choice.kind() == DeviceChoice.Kind.CUDA;
    SparkContext context = spark.sparkContext();
    if (context.isLocal()) {
      try {
        if (cuda) {
          Models.checkDevice(choice);
        } else {
          Models.checkEnvironment(); // of this process, which no cluster's driver knows of others
        }
      } catch (DeviceException e) {
        throw new SettingsException((cuda ? "--device " + device + ": " : "") + e.getMessage());
      }
    } else if (cuda
        && Integer.parseInt(context.getConf().get(ComputingModel.EXECUTOR_GPUS, "0")) < 1) {
      throw new SettingsException(
          "--device cuda needs executors that have GPUs, and %s is not set; conf/yarn-gpu.conf and conf/k8s-gpu.conf show how, or use --device cpu"
              .formatted(ComputingModel.EXECUTOR_GPUS));
    }
  }
}
