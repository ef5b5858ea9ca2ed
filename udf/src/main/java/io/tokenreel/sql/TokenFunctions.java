package io.tokenreel.sql;

import java.util.List;

/** All SQL functions of TokenReel, in the order of the docs: a new function is one line here. */
final class TokenFunctions {

  private static final List<TokenFunction<?>> ALL =
      List.of(
          new SelectTokens(),
          new CompressTokens(),
          new VidCom2Tokens(),
          new DyCokeTokens(),
          new FrameBudgets(),
          new TokenStatsPerFrame(),
          new MakeBlock(),
          new TokenValues());

  private TokenFunctions() {}

  static List<TokenFunction<?>> all() {
    return ALL;
  }
}
