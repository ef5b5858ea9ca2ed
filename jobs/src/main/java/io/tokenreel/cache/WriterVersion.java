package io.tokenreel.cache;

/** The version of this jar, which its rows and the records of its runs are stamped with. */
public final class WriterVersion {

  private WriterVersion() {}

  /** As the jar's manifest has it; {@code development} where the classes are in no jar. */
  public static String text() {
    String version = WriterVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
