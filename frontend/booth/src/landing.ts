/** The landing page: who asks, why you, what is promised, how to check that it is genuine. */

import type { Config } from "./api";
import { h } from "./dom";
import { say, type Key, type Language } from "./strings";

/** What may be promised at each level, and last what may not: privacy has more than one honest wording. */
const PROMISES: Record<string, readonly Key[]> = {
  L1: ["promises.used", "promises.sealed", "promises.unlinked", "promises.counted", "promises.limits_l1"],
  L2: ["promises.used", "promises.sealed_apart", "promises.unlinked_apart", "promises.counted", "promises.limits_l2"],
  L3: ["promises.used", "promises.sealed_apart", "promises.unlinked_apart", "promises.counted", "promises.limits_l3"],
};

interface Landing {
  readonly askCode: boolean;
  readonly error: string | null;
  readonly start: (code: string | null, shared: boolean) => void;
}

export function landingPage(config: Config, language: Language, landing: Landing): (HTMLElement | null)[] {
  const told = (key: Key, facts: Record<string, string> = {}) => say(language, key, facts);
  const part = (title: Key, ...content: HTMLElement[]) => h("questionnaire.section", {}, h("h2", {}, told(title)), ...content);
  const said = PROMISES[config.level] ?? PROMISES["L1"] ?? [];
  const promises = said.slice(0, -1).map((key) => h("li", {}, told(key)));
  const limits = told(said[said.length - 1] ?? "promises.limits_l1", { level: config.level });
  const link = (path: string, key: Key) =>
    h("li", {}, h("a", { href: `${config.registry}${path}?lang=${language}` }, told(key)));
  return [
    landing.error ? h("p", { class: "errors", role: "alert", "data-focus": true }, landing.error) : null,
    h("h1", {}, config.title[language]),
    startForm(language, landing),
    part("landing.who", h("p", {}, told("landing.who_text", { sender: config.sender }))),
    part("landing.why", h("p", {}, told("landing.why_text"))),
    part("promises.heading", h("ul", {}, ...promises), h("p", { class: "quiet" }, limits)),
    part("landing.genuine", h("p", {}, told("landing.genuine_text")), h("ul", {}, link("/resmi", "landing.senders"), link("/cek", "landing.check_message"))),
  ];
}

function startForm(language: Language, landing: Landing): HTMLElement {
  const shared = h("input", { type: "checkbox", id: "shared" }) as HTMLInputElement;
  const code = h("input", { id: "code", type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": "code-help" }) as HTMLInputElement;
  const entry = h("div", { class: "field" },
    h("label", { for: "code" }, say(language, "questionnaire.code_label")),
    h("p", { class: "quiet", id: "code-help" }, say(language, "questionnaire.code_help")), code);
  const submit = (event: Event) => {
    event.preventDefault();
    landing.start(landing.askCode ? code.value : null, shared.checked);
  };
  return h("form", { class: "questionnaire.start", novalidate: true, submit },
    landing.askCode ? entry : null,
    h("div", { class: "check" }, shared, h("label", { for: "shared" }, say(language, "landing.shared"))),
    h("button", { type: "submit" }, say(language, "questionnaire.start")));
}
