package io.tokenreel.model.checkpoint;

import java.util.Optional;

/**
 * Where a checkpoint says how a video's frames become pixels, which has changed from release to
 * release of Transformers.
 *
 * <p>Source: transformers 5.23, {@code get_video_processor_dict} of video_processing_utils.py.
 */
public final class VideoPreprocessor {

  private static final String PROCESSOR = "processor_config.json";
  private static final String VIDEO = "video_preprocessor_config.json";
  private static final String IMAGE = "preprocessor_config.json";

  private VideoPreprocessor() {}

  /**
   * Reads the settings: the processor's section for videos, else the file for videos, else the file
   * for images, else the processor's section for images.
   *
   * @throws IllegalArgumentException when there is none, or it is malformed
   */
  public static Settings read(CheckpointFolder folder) {
    Optional<Settings> processor =
        folder.has(PROCESSOR) ? Optional.of(Settings.read(folder, PROCESSOR)) : Optional.empty();
    Optional<Settings> videos = section(processor, "video_processor");
    if (videos.isPresent()) {
      return videos.get();
    }
    if (folder.has(VIDEO)) {
      return Settings.read(folder, VIDEO);
    }
    Optional<Settings> images = section(processor, "image_processor");
    return images.isPresent() && !folder.has(IMAGE) ? images.get() : Settings.read(folder, IMAGE);
  }

  private static Optional<Settings> section(Optional<Settings> processor, String name) {
    return processor.filter(settings -> settings.has(name)).map(settings -> settings.section(name));
  }
}
