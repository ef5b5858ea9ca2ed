package io.tokenreel.pipeline.setting;

import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.Models;
import io.tokenreel.stage.ComputingModel;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** What {@code --compute-dtype} comes to: once for a run, before its model is described. */
public final class ComputeOption {

  public static final String NAME = "--compute-dtype";

  /** What every command's option begins and ends with, the models that compute in between. */
  public static final String MEANING = "what the matrices of ";

  public static final String VALUES =
      " are held and multiplied in; it is part of the key in the tables; auto is bf16 on a GPU and f32 on a CPU, unless --model names a type (default: ${DEFAULT-VALUE})";

  public static final String DEFAULT = "auto";

  private ComputeOption() {}

  /**
   * A model whose compute type is settled.
   *
   * @param model with the type in its name where that is not float32
   * @param computeDtype of the name; for an exported encoder what was asked for
   */
  public record Settled(String model, String computeDtype) {

    public static Settled of(String model, String asked) {
      return new Settled(model, Models.computeType(model).map(ComputeType::label).orElse(asked));
    }
  }

  /**
   * Settles a model's compute type.
   *
   * @throws SettingsException when the model's name says another type, or it cannot be had
   */
  public static Settled settle(
      SparkSession spark, String model, String device, String computeDtype) {
    return settled(
        computeDtype,
        () ->
            Settled.of(
                ComputingModel.of(
                    spark.sparkContext(),
                    model,
                    DeviceChoice.parse(device),
                    ComputeChoice.parse(computeDtype)),
                computeDtype));
  }

  /** The names of several models, of which those keep their type that name one. */
  public static List<String> settleEach(
      SparkSession spark, List<String> models, String device, String computeDtype) {
    return settled(
        computeDtype,
        () ->
            ComputingModel.ofEach(
                spark.sparkContext(),
                models,
                DeviceChoice.parse(device),
                ComputeChoice.parse(computeDtype)));
  }

  /** The word of a run's record: that of the model's name, for the run was settled. */
  public static String word(String model, String asked) {
    return Settled.of(model, asked).computeDtype();
  }

  private static <T> T settled(String computeDtype, Supplier<T> models) {
    try {
      return models.get();
    } catch (IllegalArgumentException e) {
      throw new SettingsException("%s %s: %s".formatted(NAME, computeDtype, e.getMessage()));
    }
  }
}
