package io.tokenreel.model.family.qwenvl;

import java.util.LinkedHashMap;
import java.util.Map;

/** The plans of the frame sizes that were met last. Thread-safe. */
final class StepPlans {

  /** A plan takes some 25 MB at the most patches that published settings allow, 65,536. */
  static final int MOST = 8;

  private final QwenVisionConfig config;
  private final Map<PatchGrid, StepPlan> plans = new LinkedHashMap<>(MOST, 0.75f, true);

  StepPlans(QwenVisionConfig config) {
    this.config = config;
  }

  /** The plan of a grid, made when it is not there. */
  synchronized StepPlan of(PatchGrid grid) {
    StepPlan plan = plans.get(grid);
    if (plan == null) {
      plan = StepPlan.of(config, grid);
      plans.put(grid, plan);
      if (plans.size() > MOST) {
        plans.remove(plans.keySet().iterator().next());
      }
    }
    return plan;
  }
}
