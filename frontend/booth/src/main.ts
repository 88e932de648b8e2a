/** Starts the booth: first page, questionnaire, review, sending, thanks. Before "Start" no server is asked anything. */

import { Booth } from "./booth";
import { readConfig } from "./api";
import { show, h } from "./dom";
import { say, type Language } from "./strings";
import { codeIn } from "./typed";

async function main(): Promise<void> {
  const english = /^\/en(\/|$)/.test(location.pathname) || new URLSearchParams(location.search).get("lang") === "en";
  const language: Language = english ? "en" : "id";
  const canLockAnswers = "subtle" in (window.crypto ?? {}) && typeof BigInt === "function";
  if (!canLockAnswers) {
    show("E-SPI", h("h1", {}, say(language, "survey.title")), h("p", {}, say(language, "booth.too_old")));
    return;
  }
  try {
    new Booth(await readConfig(), language).landing();
  } catch {
    show("E-SPI", h("h1", {}, say(language, "survey.title")), h("p", {}, say(language, "booth.unavailable")));
  }
}

// Another link opened in this tab changes nothing but what follows "#", which loads nothing by itself.
addEventListener("hashchange", () => {
  if (codeIn(location.hash) !== null) location.reload();
});

void main();
