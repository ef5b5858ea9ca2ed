package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;

/** A {@link TokenFunction} of a token block. */
interface BlockFunction extends TokenFunction<TokenBlock> {

  @Override
  default Subject<TokenBlock> subject() {
    return new BlockSubject();
  }
}
