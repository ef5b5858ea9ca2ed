package io.tokenreel.pipeline.setting;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.video.UriSecrets;
import java.util.Map;
import java.util.TreeMap;

/** Resolved options as the text that a run's record keeps, without secrets. */
final class Options {

  private static final ObjectMapper JSON =
      new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

  private Options() {}

  /** A settings record's components by name, those that are null left out. */
  static Map<String, String> of(Record settings) {
    Map<String, String> options = new TreeMap<>();
    JSON.<ObjectNode>valueToTree(settings)
        .fields()
        .forEachRemaining(
            option ->
                options.put(
                    option.getKey(),
                    UriSecrets.hide(
                        option.getValue().isTextual()
                            ? option.getValue().asText()
                            : option.getValue().toString())));
    return options;
  }
}
