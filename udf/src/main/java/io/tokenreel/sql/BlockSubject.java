package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import org.apache.spark.sql.types.DataType;

/** A token block, as {@link BlockLayout} finds it in a struct. */
record BlockSubject() implements Subject<TokenBlock> {

  private record BlockReader(BlockLayout layout) implements Reader<TokenBlock> {
    @Override
    public TokenBlock read(Object value) {
      return layout.read((SqlValues) value);
    }
  }

  @Override
  public String name() {
    return "block";
  }

  @Override
  public DataType cast(DataType given) {
    return BlockLayout.of(given).type();
  }

  @Override
  public Reader<TokenBlock> reader(DataType type) {
    return new BlockReader(BlockLayout.of(type));
  }
}
