/**
 * The first question: which service, or for employees which unit, is rated. It is put before the questionnaire as a
 * section of its own, so that draft, "Back", review and the other language treat it like any other. The same as
 * espi.assisted.service.
 */

import type { Invitation } from "./api";
import type { Answers, Instrument, Item, Option, Section } from "./questionnaire";
import { both, say, type Key, type Text } from "./strings";

// No item of a questionnaire and no service has a code with this sign.
const SERVICE = "@service";
const CATEGORY = "@category";
const NONE = "@none";

/** Returns the questionnaire with the question about the service before it, where there is anything to choose from. */
export function withService(instrument: Instrument, invitation: Invitation): Instrument {
  if (!invitation.services?.length) return instrument;
  return { ...instrument, sections: [serviceSection(invitation), ...instrument.sections] };
}

/** The answer to begin with: the service that the list named. */
export function namedService(invitation: Invitation): Answers {
  const named = invitation.services?.find(({ code }) => code === invitation.service);
  return named ? { [SERVICE]: named.code } : {};
}

/** What is sealed as `service`: a code, `category:<code>` for none of these, or nothing where it was not asked. */
export function sealedService(invitation: Invitation, answers: Answers): string {
  const chosen = answers[SERVICE] ?? "";
  return chosen === NONE ? `category:${answers[CATEGORY] ?? invitation.categories[0]?.code ?? ""}` : chosen;
}

/** The answers to the questionnaire alone. */
export function withoutService(answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([code]) => !code.startsWith("@")));
}

/** What the questions are about: the chosen service, if there is one, and the agency. */
export function subject(invitation: Invitation, answers: Answers): Text {
  const { services, categories, agency } = invitation;
  const [from, code] = answers[SERVICE] === NONE ? [categories, CATEGORY] : [services, SERVICE];
  const chosen = from?.find((one) => one.code === answers[code])?.name;
  return chosen ? inBoth((language) => `${chosen[language]} – ${agency.name}`) : inBoth(() => agency.name);
}

function serviceSection(invitation: Invitation): Section {
  const { services, categories, group, agency, service } = invitation;
  const key = (ofService: Key, ofUnit: Key): Key => (group === "internal" ? ofUnit : ofService);
  const text = (ofService: Key, ofUnit: Key): Text => both(key(ofService, ofUnit));
  const named = services.find(({ code }) => code === service)?.name;
  const intro = named
    ? key("service.invited", "service.invited_unit")
    : key("service.not_named", "service.not_named_unit");
  const ask = (code: string, label: Text, options: readonly Option[], only_if: Item["only_if"] = null): Item => ({
    code,
    text: label,
    options,
    required: true,
    only_if,
  });
  const none = { value: NONE, label: text("service.none", "service.none_unit"), missing: true };
  const which = ask(SERVICE, text("service.which", "service.which_unit"), [
    ...services.map(option),
    ...(categories.length ? [none] : []),
  ]);
  const only_if = { item: SERVICE, values: [NONE] };
  const about = ask(CATEGORY, text("service.about", "service.about_unit"), categories.map(option), only_if);
  return {
    code: SERVICE,
    title: text("service.title", "service.title_unit"),
    intro: inBoth((language) => say(language, intro, { service: named?.[language] ?? "", agency: agency.name })),
    items: categories.length > 1 ? [which, about] : [which],
  };
}

function option({ code, name }: { readonly code: string; readonly name: Text }): Option {
  return { value: code, label: name, missing: false };
}

function inBoth(make: (language: "id" | "en") => string): Text {
  return { id: make("id"), en: make("en") };
}
