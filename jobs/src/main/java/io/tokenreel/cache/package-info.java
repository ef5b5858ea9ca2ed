/**
 * Keys, schemas, runs and files of a cache: what the packages below it share. Writers are in {@code
 * commit}, the tables that they write in {@code store}, readers of one video in {@code lookup}, the
 * files that these go by in {@code index}, and checks of all of it in {@code verify}.
 */
package io.tokenreel.cache;
