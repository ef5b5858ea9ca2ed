package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Example.Asked;
import io.tokenreel.eval.result.Example.Frame;
import io.tokenreel.eval.result.Example.Kept;
import io.tokenreel.eval.result.Example.Said;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** A made-up example: a disc that crosses a square, and compressions that keep tokens near it. */
final class SampleVideo {

  private static final int SIDE = 224;
  private static final int GRID = 14;
  private static final int DISC = 60;

  private SampleVideo() {}

  static Example of(String videoId, int frames, long seed) {
    Random random = new Random(seed);
    List<Frame> pictures =
        IntStream.range(0, frames).mapToObj(i -> new Frame(i * 1.25, jpeg(i, frames))).toList();
    List<Kept> selections =
        SampleReport.cells().stream()
            .filter(cell -> cell.kv().equals("full"))
            .map(cell -> kept(cell, frames, random))
            .toList();
    return new Example(
        videoId,
        SampleReport.cells().get(0),
        GRID,
        GRID,
        pictures,
        selections,
        List.of(
            asked("q1", "Which colour is the disc?", "A", random),
            asked("q2", "What does the disc pass in front of, and on which side?", "C", random)));
  }

  static byte[] jpeg(int frame, int frames) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setPaint(
        new GradientPaint(0, 0, new Color(150, 170, 190), 0, SIDE, new Color(70, 80, 95)));
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setColor(new Color(50, 140, 80));
    graphics.fillRect(90, 100, 70, 70);
    graphics.setColor(new Color(200, 50, 40));
    graphics.fillOval(x(frame, frames), 80, DISC, DISC);
    graphics.dispose();
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "jpeg", jpeg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jpeg.toByteArray();
  }

  private static int x(int frame, int frames) {
    return frame * (SIDE - DISC) / Math.max(1, frames - 1);
  }

  private static Kept kept(Cell cell, int frames, Random random) {
    double share = SampleReport.share(cell);
    boolean looks = cell.compression().startsWith("vidcom2");
    List<Integer> index = new ArrayList<>();
    double[] budgets = new double[frames];
    for (int frame = 0; frame < frames; frame++) {
      double x = (x(frame, frames) + DISC / 2.0) * GRID / SIDE;
      double budget = looks ? share * (1 + 0.5 * Math.cos(frame)) : share;
      budgets[frame] = budget;
      for (int token = 0; token < GRID * GRID; token++) {
        int row = token / GRID;
        double away = Math.hypot(token % GRID + 0.5 - x, row + 0.5 - 6.9);
        double chance = looks ? budget * 3.4 * Math.exp(-away / 4) : budget;
        if (random.nextDouble() < chance) {
          index.add(frame * GRID * GRID + token);
        }
      }
    }
    return new Kept(
        cell.compression(), index.stream().mapToInt(Integer::intValue).toArray(), budgets);
  }

  private static Asked asked(String id, String question, String gold, Random random) {
    List<Said> answers = new ArrayList<>();
    for (Cell cell : SampleReport.cells()) {
      boolean correct = random.nextDouble() < 0.7;
      String response = correct ? gold : random.nextDouble() < 0.3 ? null : "B, I think.";
      answers.add(new Said(cell, response, correct));
    }
    return new Asked("videomme", id, question, gold, answers);
  }
}
