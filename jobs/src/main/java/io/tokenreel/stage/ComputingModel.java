package io.tokenreel.stage;

import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.Models;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * The name of a model with the type that it is to compute in. It is found once, on the driver,
 * before the model is described: all executors then compute in one type, under one key.
 */
public final class ComputingModel {

  /** GPUs of an executor. */
  public static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";

  /** GPUs of a task, or the fraction of one. */
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";

  private ComputingModel() {}

  /**
   * A model's name, to which the compute type is added where it is not float32.
   *
   * @param model checkpoint folder, with settings of its own or without, or {@code default}
   * @throws IllegalArgumentException as {@link Models#computing} does
   */
  public static String of(
      SparkContext context, String model, DeviceChoice device, ComputeChoice choice) {
    String onGpu = Models.computing(model, choice, true);
    String onCpu = Models.computing(model, choice, false);
    // Only where it matters: on a single machine the answer starts the engine.
    return onGpu.equals(onCpu) || runsOnGpu(context, device) ? onGpu : onCpu;
  }

  /**
   * As {@link #of}, of each of several models; what a name says already goes before the choice.
   *
   * @throws IllegalArgumentException as {@link Models#computing} does
   */
  public static List<String> ofEach(
      SparkContext context, List<String> models, DeviceChoice device, ComputeChoice choice) {
    return models.stream()
        .map(
            model ->
                Models.namedComputeType(model).isPresent()
                    ? model
                    : of(context, model, device, choice))
        .toList();
  }

  /** Whether executors have GPUs that Spark knows of. */
  public static boolean executorsHaveGpus(SparkConf conf) {
    return Double.parseDouble(conf.get(EXECUTOR_GPUS, "0")) > 0
        || Double.parseDouble(conf.get(TASK_GPUS, "0")) > 0;
  }

  private static boolean runsOnGpu(SparkContext context, DeviceChoice device) {
    return switch (device.kind()) {
      case CPU -> false;
      case CUDA -> true;
      case AUTO ->
          context.isLocal()
              ? Models.checkDevice(device).kind() == DeviceChoice.Kind.CUDA
              : executorsHaveGpus(context.getConf());
    };
  }
}
