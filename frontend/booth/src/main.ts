/** The booth: landing, questionnaire, review, sending, thanks. Nothing happens before "Start". */

import { Booth } from "./booth";
import { readConfig } from "./api";
import { show, h } from "./dom";
import { say, type Language } from "./strings";

async function main(): Promise<void> {
  const language: Language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "id";
  const able = "subtle" in (window.crypto ?? {}) && typeof BigInt === "function";
  if (!able) {
    show("E-SPI", h("h1", {}, say(language, "title")), h("p", {}, say(language, "tooOld")));
    return;
  }
  try {
    new Booth(await readConfig(), language).landing();
  } catch {
    show("E-SPI", h("h1", {}, say(language, "title")), h("p", {}, say(language, "unavailable")));
  }
}

void main();
