package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.spec.Services;
import io.tokenreel.video.FrameSize;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FamiliesTest {

  private static final Configuration HADOOP = new Configuration();

  private static final List<String> OWN =
      List.of(
          "LlavaOnevisionForConditionalGeneration",
          "LlavaQwenForCausalLM",
          "Qwen2VLForConditionalGeneration",
          "Qwen2_5_VLForConditionalGeneration",
          "Qwen3VLForConditionalGeneration",
          "djl:FOLDER");

  @TempDir Path folder;
  private String model;

  @BeforeEach
  void writeACheckpointOfTheOutsideFamily() throws IOException {
    model = OutsideFamily.checkpoint(Files.createDirectory(folder.resolve("mean")));
  }

  private static List<String> architectures() {
    return Models.families().stream().map(FamilyInfo::architecture).toList();
  }

  @Test
  void families_ofThisProject_areThoseOfItsJar() {
    assertEquals(OWN, architectures());
  }

  @Test
  void families_whereTheContextLoaderHasNone_areThoseOfThisProject() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    for (ClassLoader loader :
        Arrays.asList(null, ClassLoader.getPlatformClassLoader())) { // as threads of pools have
      Thread.currentThread().setContextClassLoader(loader);
      try {
        assertEquals(OWN, architectures());
        assertEquals(DeviceChoice.CPU, Models.checkDevice(DeviceChoice.CPU));
      } finally {
        Thread.currentThread().setContextClassLoader(before);
      }
    }
  }

  @Test
  void openVision_ofAFamilyInAnotherJar_encodes() throws IOException {
    FrameSize size = new FrameSize(4, 6);
    byte[] rgb = new byte[2 * size.rgbBytes()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i % 3 + 10 * (i / size.rgbBytes()));
    }
    try (OutsideFamily jar = OutsideFamily.in(folder)) {
      assertTrue(architectures().contains(OutsideFamily.ARCHITECTURE), jar::toString);
      assertEquals("mean_colour@1", Models.describe(model, HADOOP).encoder());
      try (VisionTower tower = Models.openVision(model, DeviceChoice.AUTO, HADOOP)) {
        assertArrayEquals(
            new float[] {0, 1, 2, 10, 11, 12},
            EncodeDigest.floats(tower, EncodeDigest.frames(size, rgb)));
      }
    }
    refused("known: " + OWN.subList(0, 5), () -> Models.openLanguage(model, null, HADOOP));
  }

  @Test
  void families_ofOneArchitecture_areRefusedWithBothNames() {
    ModelFamily one = Services.of(ModelFamily.class).get(0);
    ModelFamily twin =
        (ModelFamily)
            Proxy.newProxyInstance(
                ModelFamily.class.getClassLoader(),
                new Class<?>[] {ModelFamily.class},
                (proxy, method, arguments) -> method.invoke(one, arguments));
    refused(
        one.getClass().getName() + " and " + twin.getClass().getName(),
        () -> new Families(List.of(one, twin)));
  }

  @Test
  void families_ofAJarWithOneThatCannotBeLoaded_areRefusedWithItsName() throws IOException {
    try (OutsideFamily jar = OutsideFamily.named(folder, "com.example.Missing")) {
      refused("com.example.Missing", Models::families);
      assertTrue(Files.exists(folder.resolve("family.jar")), jar::toString);
    }
  }

  private static void refused(String expected, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(expected), message);
  }
}
