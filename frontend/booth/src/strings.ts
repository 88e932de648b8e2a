/** Looks up sentences of the booth. They stand in src/espi/wording; words.json is made from them. */

import words from "./words.json";

export type Language = "id" | "en";
export type Text = Readonly<Record<Language, string>>;

/** Section and name of a sentence, as in src/espi/wording/id.toml. */
export type Key = keyof typeof words;

/** Values for the {places} of a sentence. */
export type Facts = Readonly<Record<string, string | number>>;

const WORDS: Readonly<Record<Key, Text>> = words;

/** Returns a sentence in both languages, its {places} still in it. */
export const both = (key: Key): Text => WORDS[key];

/** Returns a sentence in a language, its {places} filled in. */
export function say(language: Language, key: Key, facts: Facts = {}): string {
  return WORDS[key][language].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}
