/**
 * What a run is asked for, and checks of it before any work. {@link
 * io.tokenreel.pipeline.setting.SettingsException} is the Java API's; the rest is public for the
 * command line, sweeps and benchmarks, and may change with any version.
 */
package io.tokenreel.pipeline.setting;
