package io.tokenreel.cache.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotTableTest {

  private static final long SEED = 20261121;

  @TempDir java.nio.file.Path temporary;
  private FileSystem fs;

  @BeforeEach
  void setUp() throws IOException {
    fs = FileSystem.getLocal(new Configuration());
  }

  @Test
  void probe_ofTablesOfAnySize_findsEverySlotAndNoOther() throws IOException {
    Random random = new Random(SEED);
    for (int size : new int[] {0, 1, 31, 32, 33, 64, 65, 1000, 20_000}) {
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        slots.add(new Slot(random.nextLong(), 1, 1 + i, i, random.nextInt()));
      }
      check(slots, "seed " + SEED + ", size " + size);
    }
  }

  @Test
  void probe_ofOverfullBuckets_goesOnToTheNext() throws IOException {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      slots.add(new Slot(-1, i, 1, i, i)); // one hash, and that of the last bucket
      slots.add(new Slot(0, i, 1, i, i));
      slots.add(new Slot(i, 7, 1, i + 1000, i));
    }
    check(slots, "200 slots of one hash");
  }

  @Test
  void probe_ofACutTable_saysSo() throws IOException {
    SlotTable table = written(List.of(new Slot(5, 1, 1, 0, 0)), 100);
    java.nio.file.Files.write(java.nio.file.Path.of(table.path().toUri()), new byte[10]);
    fs.delete(new Path(table.path().getParent(), "." + table.path().getName() + ".crc"), false);
    try (FSDataInputStream in = fs.open(table.path())) {
      IOException error = assertThrows(IOException.class, () -> table.probe(in, 5));
      assertTrue(error.getMessage().contains("delete the folder _index"), error.getMessage());
    }
  }

  private void check(List<Slot> slots, String where) throws IOException {
    slots.sort(Slot.ORDER);
    SlotTable table = written(slots, slots.size());
    assertEquals(table, SlotTable.of(table.path()), where);
    try (FSDataInputStream in = fs.open(table.path())) {
      for (Slot slot : slots) {
        List<Slot> expected = slots.stream().filter(s -> s.hash() == slot.hash()).toList();
        assertEquals(expected, table.probe(in, slot.hash()), where);
        if (slots.size() > 2000) {
          break; // the scan below sees them all
        }
      }
      in.seek(0);
      List<Slot> scanned = new ArrayList<>();
      SlotTable.scan(in).forEachRemaining(scanned::add);
      assertEquals(slots, scanned, where);
    }
  }

  private SlotTable written(List<Slot> slots, int planned) throws IOException {
    SlotTable table = SlotTable.planned(new Path(temporary.toUri()), 1, 3, planned);
    try (OutputStream out = fs.create(table.path(), true)) {
      table.write(slots.iterator(), out);
    }
    return table;
  }
}
