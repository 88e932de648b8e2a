/** The first page: who asks, why you, what is promised, and how to check that it is genuine. */

import type { Config } from "./api";
import { h } from "./dom";
import { say, type Facts, type Key, type Language } from "./strings";

/**
 * The promises of each level of protection, and last its limits: docs/protocol/v1.md, "What may be said". A house test
 * reads this table.
 */
const PROMISES: Readonly<Record<string, readonly Key[]>> = {
  L1: ["promises.used", "promises.sealed", "promises.unlinked", "promises.counted", "promises.limits_l1"],
  L2: ["promises.used", "promises.sealed_apart", "promises.unlinked_apart", "promises.counted", "promises.limits_l2"],
  L3: ["promises.used", "promises.sealed_apart", "promises.unlinked_apart", "promises.counted", "promises.limits_l3"],
};

interface Landing {
  /** The address holds no code: it is typed. */
  readonly askCode: boolean;
  readonly error: string | null;
  readonly start: (typedCode: string | null, sharedDevice: boolean) => void;
}

export function landingPage(config: Config, language: Language, landing: Landing): (HTMLElement | null)[] {
  const text = (key: Key, facts?: Facts) => say(language, key, facts);
  const part = (title: Key, ...content: HTMLElement[]) => h("section", {}, h("h2", {}, text(title)), ...content);
  // An unknown level gets the weakest promises: too little may be said, never too much.
  const keys = PROMISES[config.level] ?? PROMISES["L1"] ?? [];
  const promises = keys.slice(0, -1).map((key) => h("li", {}, text(key)));
  const limits = text(keys[keys.length - 1] ?? "promises.limits_l1", { level: config.level });
  const link = (path: string, key: Key) =>
    h("li", {}, h("a", { href: `${config.registry}${path}?lang=${language}` }, text(key)));
  return [
    landing.error ? h("p", { class: "errors", role: "alert", "data-focus": true }, landing.error) : null,
    h("h1", {}, config.title[language]),
    startForm(language, landing),
    part("landing.who", h("p", {}, text("landing.who_text", { sender: config.sender }))),
    part("landing.why", h("p", {}, text("landing.why_text"))),
    part("promises.heading", h("ul", {}, ...promises), h("p", { class: "quiet" }, limits)),
    part(
      "landing.genuine",
      h("p", {}, text("landing.genuine_text")),
      h("ul", {}, link("/resmi", "landing.senders"), link("/cek", "landing.check_message")),
    ),
  ];
}

function startForm(language: Language, landing: Landing): HTMLElement {
  const shared = h("input", { type: "checkbox", id: "shared" }) as HTMLInputElement;
  const code = h("input", {
    id: "code",
    type: "text",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "code-help",
  }) as HTMLInputElement;
  const codeField = h(
    "div",
    { class: "field" },
    h("label", { for: "code" }, say(language, "questionnaire.code_label")),
    h("p", { class: "quiet", id: "code-help" }, say(language, "questionnaire.code_help")),
    code,
  );
  const submit = (event: Event) => {
    event.preventDefault();
    landing.start(landing.askCode ? code.value : null, shared.checked);
  };
  return h(
    "form",
    { class: "start", novalidate: true, submit },
    landing.askCode ? codeField : null,
    h("div", { class: "check" }, shared, h("label", { for: "shared" }, say(language, "landing.shared"))),
    h("button", { type: "submit" }, say(language, "questionnaire.start")),
  );
}
