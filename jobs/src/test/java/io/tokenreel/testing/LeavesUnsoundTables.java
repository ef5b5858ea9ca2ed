package io.tokenreel.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On tests whose tables need not be sound when they end: see {@link SoundTables}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface LeavesUnsoundTables {

  /** Why they are not. */
  String value();
}
