package io.tokenreel.video;

import java.util.Objects;

/**
 * One input video, not yet opened.
 *
 * @param id unique within a run; the key that caches are read by
 * @param uri any Hadoop path or URI
 * @param lengthBytes file length as a manifest or a listing has it, or -1 when unknown; a video of
 *     another length is not read for it
 */
public record VideoRef(String id, String uri, long lengthBytes) {

  public VideoRef {
    Objects.requireNonNull(id, "video_id");
    Objects.requireNonNull(uri, "video_uri");
  }

  /** The id as tables and logs have it: one that is made of a URI, without its secrets. */
  String hiddenId() {
    return UriSecrets.hideIn(id);
  }
}
