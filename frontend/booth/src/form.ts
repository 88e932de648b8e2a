/** One section of the questionnaire as a form of radio buttons. */

import { h } from "./dom";
import { applies, type Answers, type Item, type Section } from "./questionnaire";
import { say, type Language } from "./strings";

/** Returns the items of a section that apply; `changed` is called at each choice. */
export function sectionForm(
  section: Section,
  answers: Answers,
  language: Language,
  missing: readonly string[],
  changed: (code: string, value: string) => void,
): HTMLElement {
  const fields = section.items
    .filter((item) => applies(item, answers))
    .map((item) => field(item, answers[item.code], language, missing.includes(item.code), changed));
  return h("div", { class: "items" }, ...fields);
}

function field(
  item: Item,
  chosen: string | undefined,
  language: Language,
  missing: boolean,
  changed: (code: string, value: string) => void,
): HTMLElement {
  const error = `${item.code}-error`;
  const options = item.options.map((option) => {
    const id = `${item.code}-${option.value}`;
    const input = h("input", {
      type: "radio",
      id,
      name: item.code,
      value: option.value,
      checked: option.value === chosen,
      change: () => changed(item.code, option.value),
    });
    const label = h("label", { for: id }, option.label[language]);
    return h("div", { class: option.missing ? "option aside" : "option" }, input, label);
  });
  return h(
    "fieldset",
    { class: missing ? "item wrong" : "item", id: item.code, "aria-describedby": missing ? error : false },
    h("legend", {}, item.text[language]),
    missing ? h("p", { class: "error", id: error }, say(language, "questionnaire.needs_answer")) : null,
    h("div", { class: "options" }, ...options),
  );
}

/** Returns the list of items without an answer, as links to them; a screen reader reads it first. */
export function errorSummary(items: readonly Item[], language: Language): HTMLElement {
  const links = items.map((item) => {
    const first = `${item.code}-${item.options[0]?.value ?? ""}`;
    return h("li", {}, h("a", { href: `#${first}`, click: (event) => jump(event, first) }, item.text[language]));
  });
  return h(
    "div",
    { class: "errors", role: "alert", "data-focus": true },
    h("h2", {}, say(language, "questionnaire.mend")),
    h("ul", {}, ...links),
  );
}

/** Moves the focus by hand: a link would put its target behind "#", where the code stands. */
function jump(event: Event, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}
