package io.tokenreel.video.ffmpeg;

/**
 * What one packet's own bytes say.
 *
 * @param entry whether decoding may begin at it
 * @param shown whether it gives a presented frame
 * @param disposable whether no other packet refers to it
 * @param understood false when the stream does something that only a full decode follows
 */
record PacketTraits(Entry entry, boolean shown, boolean disposable, boolean understood) {

  /** Where decoding may begin. */
  enum Entry {
    NONE,
    /** For packets after it in decode and in presentation order. */
    OPEN,
    /** For all packets after it in decode order. */
    CLOSED
  }

  static final PacketTraits PLAIN = new PacketTraits(Entry.NONE, true, false, true);
  static final PacketTraits CLOSED_ENTRY = new PacketTraits(Entry.CLOSED, true, false, true);
  static final PacketTraits NO_FRAME = new PacketTraits(Entry.NONE, false, false, false);
  static final PacketTraits NOT_UNDERSTOOD = new PacketTraits(Entry.NONE, true, false, false);
}
