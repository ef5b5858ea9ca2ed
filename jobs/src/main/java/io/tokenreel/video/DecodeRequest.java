package io.tokenreel.video;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * One video for a decoder process.
 *
 * @param file a local path under a neutral name
 */
public record DecodeRequest(
    String file,
    SamplingSpec sampling,
    FrameFit fit,
    DecodeCheck check,
    long maxPixels,
    long maxVideoMicros,
    int memoryMegabytes) {

  static DecodeRequest of(String file, DecoderSettings settings) {
    return new DecodeRequest(
        file,
        settings.sampling(),
        settings.fit(),
        settings.check(),
        settings.limits().maxPixels(),
        settings.limits().maxVideo().toNanos() / 1000,
        settings.limits().memoryMegabytes());
  }

  void write(DataOutputStream out) throws IOException {
    out.writeByte(DecoderProtocol.REQUEST);
    out.writeUTF(file);
    out.writeUTF(sampling.toString());
    out.writeUTF(fit.toString());
    out.writeByte(check.ordinal());
    out.writeLong(maxPixels);
    out.writeLong(maxVideoMicros);
    out.writeInt(memoryMegabytes);
    out.flush();
  }

  /** The next request, which must have come whole. */
  public static DecodeRequest read(DataInputStream in) throws IOException {
    int kind = in.readUnsignedByte();
    if (kind != DecoderProtocol.REQUEST) {
      throw new ProtocolException("expected a request, byte 1; got " + kind);
    }
    return new DecodeRequest(
        in.readUTF(),
        SamplingSpec.parse(in.readUTF()),
        FrameFit.parse(in.readUTF()),
        DecodeCheck.values()[in.readUnsignedByte()],
        in.readLong(),
        in.readLong(),
        in.readInt());
  }
}
