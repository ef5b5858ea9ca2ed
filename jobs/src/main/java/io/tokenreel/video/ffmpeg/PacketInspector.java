package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP8;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Reads from a packet's bytes, without decoding, what the plan of a sparse decode rests on. */
interface PacketInspector {

  /**
   * @param packet the packet's bytes, position 0; packets come in decode order, all of them
   */
  PacketTraits inspect(ByteBuffer packet);

  /**
   * The inspector of a codec. A codec without one is decoded as a whole: MPEG-1, MPEG-2 and MPEG-4
   * part 2 are, because a packet of theirs may hold no frame or two.
   */
  static PacketInspector of(AVCodecParameters parameters) {
    int codec = parameters.codec_id();
    ByteBuffer extradata =
        parameters.extradata() == null
            ? ByteBuffer.allocate(0)
            : parameters
                .extradata()
                .capacity(parameters.extradata_size())
                .asByteBuffer()
                .order(ByteOrder.BIG_ENDIAN);
    if (codec == AV_CODEC_ID_H264) {
      return new H264Inspector(extradata);
    }
    if (codec == AV_CODEC_ID_HEVC) {
      return new HevcInspector(extradata);
    }
    if (codec == AV_CODEC_ID_VP8) {
      return VpxInspector::vp8;
    }
    if (codec == AV_CODEC_ID_VP9) {
      return VpxInspector::vp9;
    }
    if (codec == AV_CODEC_ID_AV1) {
      return new Av1Inspector();
    }
    AVCodecDescriptor descriptor = avcodec_descriptor_get(codec);
    boolean intra = descriptor != null && (descriptor.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
    return intra ? packet -> PacketTraits.CLOSED_ENTRY : packet -> PacketTraits.NOT_UNDERSTOOD;
  }
}
