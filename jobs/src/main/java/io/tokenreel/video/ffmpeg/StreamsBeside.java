package io.tokenreel.video.ffmpeg;

import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where in the file other video streams than the one that is read have their packets. One that has
 * some among ours is another video of the file, such as another programme's. One whose packets all
 * lie before ours or behind them is a part of the same video: where recordings are joined, or a
 * broadcaster changes its tables, the video gets another number. The order in which a demuxer gives
 * packets does not tell, for it holds the last one of a stream back.
 */
final class StreamsBeside {

  private final LongSummaryStatistics ours = new LongSummaryStatistics();
  private final Map<Integer, LongSummaryStatistics> others = new TreeMap<>(); // by id

  /**
   * A packet of our stream comes.
   *
   * @param place in the file; below 0 when it is not known
   */
  void ours(long place) {
    if (place >= 0) {
      ours.accept(place);
    }
  }

  /**
   * A packet of another video stream comes.
   *
   * @param id of the stream
   * @param place in the file; below 0 when it is not known
   */
  void other(int id, long place) {
    if (place >= 0) {
      others.computeIfAbsent(id, each -> new LongSummaryStatistics()).accept(place);
    }
  }

  /** The first stream that has another part of our video, when all packets came. */
  Optional<Integer> rest() {
    return others.entrySet().stream()
        .filter(
            other ->
                other.getValue().getMax() < ours.getMin()
                    || other.getValue().getMin() > ours.getMax())
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
