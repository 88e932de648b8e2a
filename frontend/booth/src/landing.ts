/** The landing page: who asks, why you, what is promised, how to check that it is genuine. */

import type { Config } from "./api";
import { h } from "./dom";
import { say, type Key, type Language } from "./strings";

/** What may be promised at each level, and last what may not: privacy has more than one honest wording. */
const PROMISES: Record<string, readonly Key[]> = {
  L1: ["promise1", "promise2", "promise3", "promise4", "level"],
  L2: ["promise1", "promise2Apart", "promise3Apart", "promise4", "levelL2"],
  L3: ["promise1", "promise2Apart", "promise3Apart", "promise4", "levelL3"],
};

interface Landing {
  readonly askCode: boolean;
  readonly error: string | null;
  readonly start: (code: string | null, shared: boolean) => void;
}

export function landingPage(config: Config, language: Language, landing: Landing): (HTMLElement | null)[] {
  const told = (key: Key, facts: Record<string, string> = {}) => say(language, key, facts);
  const part = (title: Key, ...content: HTMLElement[]) => h("section", {}, h("h2", {}, told(title)), ...content);
  const said = PROMISES[config.level] ?? PROMISES["L1"] ?? [];
  const promises = said.slice(0, -1).map((key) => h("li", {}, told(key)));
  const limits = told(said[said.length - 1] ?? "level", { level: config.level });
  const link = (path: string, key: Key) =>
    h("li", {}, h("a", { href: `${config.registry}${path}?lang=${language}` }, told(key)));
  return [
    landing.error ? h("p", { class: "errors", role: "alert", "data-focus": true }, landing.error) : null,
    h("h1", {}, config.title[language]),
    startForm(language, landing),
    part("who", h("p", {}, told("whoText", { sender: config.sender }))),
    part("why", h("p", {}, told("whyText"))),
    part("promise", h("ul", {}, ...promises), h("p", { class: "quiet" }, limits)),
    part("genuine", h("p", {}, told("genuineText")), h("ul", {}, link("/resmi", "senders"), link("/cek", "checkMessage"))),
  ];
}

function startForm(language: Language, landing: Landing): HTMLElement {
  const shared = h("input", { type: "checkbox", id: "shared" }) as HTMLInputElement;
  const code = h("input", { id: "code", type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": "code-help" }) as HTMLInputElement;
  const entry = h("div", { class: "field" },
    h("label", { for: "code" }, say(language, "codeLabel")),
    h("p", { class: "quiet", id: "code-help" }, say(language, "codeHelp")), code);
  const submit = (event: Event) => {
    event.preventDefault();
    landing.start(landing.askCode ? code.value : null, shared.checked);
  };
  return h("form", { class: "start", novalidate: true, submit },
    landing.askCode ? entry : null,
    h("div", { class: "check" }, shared, h("label", { for: "shared" }, say(language, "shared"))),
    h("button", { type: "submit" }, say(language, "start")));
}
