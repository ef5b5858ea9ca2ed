/**
 * Python's rules for text, literals and sets, where they are not Java's. Prompts and scores that
 * are to be lmms-eval's depend on them.
 */
package io.tokenreel.python;
