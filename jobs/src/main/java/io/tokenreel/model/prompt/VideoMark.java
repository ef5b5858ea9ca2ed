package io.tokenreel.model.prompt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a chat template is given a video and its question, and what it writes for the video. */
public enum VideoMark {
  /** Two parts, the video and the text; Transformers' processors. */
  VIDEO("<video>") {
    @Override
    Object content(String question) {
      return parts(question);
    }
  },

  /** One text that names the video as an image, LLaVA-NeXT's. */
  IMAGE("<image>") {
    @Override
    Object content(String question) {
      return placeholder() + "\n" + question;
    }
  },

  /** Two parts, the video and the text; Qwen's processors. */
  VIDEO_PAD("<|video_pad|>") {
    @Override
    Object content(String question) {
      return parts(question);
    }
  };

  private final String placeholder;

  VideoMark(String placeholder) {
    this.placeholder = placeholder;
  }

  /** What a rendered template has in the place of the video. */
  public String placeholder() {
    return placeholder;
  }

  /** The content of the user's message. */
  abstract Object content(String question);

  private static List<Map<String, ?>> parts(String question) {
    Map<String, String> text = new LinkedHashMap<>(); // in order, for a template may print them
    text.put("type", "text");
    text.put("text", question);
    return List.of(Map.of("type", "video"), text);
  }
}
