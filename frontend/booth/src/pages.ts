/** The pages after the first one: each function shows one page and calls back when a button is pressed. */

import type { SubmittedBallot } from "./ballot";
import { h, show } from "./dom";
import { errorSummary, sectionForm } from "./form";
import type { Answers, Instrument, Item } from "./questionnaire";
import { say, type Key, type Language } from "./strings";

/** Shows that something is under way; `left` is how many are still to be done, where there are several. */
export function showWaiting(language: Language, key: Key, left = 0): void {
  const title = say(language, "survey.title");
  const sentence = say(language, key) + (left ? ` (${left})` : "");
  show(title, h("h1", {}, title), h("p", { role: "status" }, sentence));
}

/** Shows a last page, where nothing can be sent any more: no "Start", no "try again". */
export function showFinal(language: Language, title: string, sentence: string, more: Key | null): void {
  show(
    title,
    h("h1", {}, title),
    h("p", { class: "errors", role: "alert", "data-focus": true }, sentence),
    more ? h("p", {}, say(language, more)) : null,
  );
}

/** Shows why an envelope was not sent, with the button that tries again. */
export function showRetry(language: Language, sentence: string, again: () => void, envelopeSaved: boolean): void {
  const title = say(language, "questionnaire.send");
  show(
    title,
    h("h1", {}, title),
    h("p", { class: "errors", role: "alert", "data-focus": true }, sentence),
    envelopeSaved ? h("p", {}, say(language, "booth.envelope_kept")) : null,
    h("div", { class: "buttons" }, h("button", { type: "button", click: again }, say(language, "questionnaire.retry"))),
  );
}

/** Shows the ballot check code, and where the envelope can be looked up. */
export function showThanks(language: Language, resultsSite: string, ballot: SubmittedBallot): void {
  const { stratum, receipt, wiped } = ballot;
  const title = say(language, "thanks.thanks");
  const spaced = receipt.replace(/(.{4})(?=.)/g, "$1-");
  // The group stands after "#": no server sees in which list somebody looks.
  const href = `${resultsSite}/amplop?lang=${language}#${encodeURIComponent(stratum)}`;
  show(
    title,
    h("h1", {}, title),
    h("p", {}, say(language, wiped ? "booth.sent" : "booth.sent_draft_remains")),
    h("h2", {}, say(language, "thanks.receipt")),
    h("p", { class: "receipt" }, spaced),
    h("p", {}, say(language, "thanks.group", { stratum })),
    h("p", {}, say(language, "thanks.receipt_text")),
    h("p", {}, h("a", { href, class: "button" }, say(language, "thanks.check_envelope"))),
  );
}

/** Shows that an interview is locked and waits on this device. */
export function showSetAside(language: Language, next: () => void): void {
  const title = say(language, "interviews.set_aside");
  show(
    title,
    h("h1", {}, title),
    h("p", {}, say(language, "interviews.set_aside_text")),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", click: next }, say(language, "interviews.next_interview")),
    ),
  );
}

export interface SectionPage {
  readonly instrument: Instrument;
  readonly number: number;
  readonly answers: Answers;
  /** Service and agency that the questions are about. */
  readonly subject: string;
  readonly interview: boolean;
  /** Codes of required items of this section that were left out. */
  readonly missing: readonly string[];
  /** The draft is kept on this device. */
  readonly draftKept: boolean;
  readonly answered: (code: string, value: string) => void;
  readonly next: (event: Event) => void;
  readonly back: () => void;
  readonly deleteDraft: () => void;
}

/** Shows one section of the questionnaire. */
export function showSection(language: Language, page: SectionPage): void {
  const { instrument, number, missing } = page;
  const section = instrument.sections[number];
  if (!section) return;
  const of = instrument.sections.length;
  const form = h(
    "form",
    { novalidate: true, submit: page.next },
    sectionForm(section, page.answers, language, missing, page.answered),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "submit" }, say(language, "questionnaire.next")),
      h("button", { type: "button", class: "secondary", click: page.back }, say(language, "questionnaire.back")),
    ),
  );
  const missingItems = section.items.filter((item) => missing.includes(item.code));
  show(
    section.title[language],
    h("p", { class: "agency" }, say(language, "questionnaire.about", { subject: page.subject })),
    h("p", { class: "step", id: "step" }, say(language, "questionnaire.section", { n: number + 1, of })),
    h("progress", { max: String(of), value: String(number), "aria-labelledby": "step" }),
    missing.length ? errorSummary(missingItems, language) : null,
    h("h1", {}, section.title[language]),
    section.intro ? h("p", {}, section.intro[language]) : null,
    page.interview ? h("p", { class: "quiet" }, say(language, "interviews.interviewer_hears")) : null,
    form,
    draftNote(language, page),
  );
}

function draftNote(language: Language, page: SectionPage): HTMLElement {
  if (!page.draftKept) return h("p", { class: "quiet" }, say(language, "booth.no_draft"));
  return h(
    "p",
    { class: "quiet" },
    say(language, "booth.draft_kept"),
    " ",
    h("button", { type: "button", class: "link", click: page.deleteDraft }, say(language, "booth.delete_draft")),
  );
}

export interface ReviewPage {
  readonly instrument: Instrument;
  readonly answers: Answers;
  readonly change: (section: number) => void;
  readonly send: () => void;
  /** Locks an interview and puts it aside; null where the respondent answers alone. */
  readonly setAside: (() => void) | null;
}

/** Shows all answers before they are locked. */
export function showReview(language: Language, page: ReviewPage): void {
  const title = say(language, "questionnaire.review");
  const sections = page.instrument.sections.map((section, number) =>
    h(
      "section",
      {},
      h(
        "div",
        { class: "review-head" },
        h("h2", {}, section.title[language]),
        changeButton(language, section.title[language], () => page.change(number)),
      ),
      h("dl", {}, ...section.items.flatMap((item) => reviewRow(language, item, page.answers))),
    ),
  );
  show(
    title,
    h("h1", {}, title),
    h("p", {}, say(language, "questionnaire.review_text")),
    ...sections,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", click: page.send }, say(language, "questionnaire.send")),
      page.setAside
        ? h(
            "button",
            { type: "button", class: "secondary", click: page.setAside },
            say(language, "interviews.set_aside"),
          )
        : null,
    ),
  );
}

/** A button "Change" whose name for screen readers says what it changes. */
function changeButton(language: Language, title: string, click: () => void): HTMLElement {
  const label = say(language, "questionnaire.change");
  return h("button", { type: "button", class: "link", "aria-label": `${label}: ${title}`, click }, label);
}

function reviewRow(language: Language, item: Item, answers: Answers): HTMLElement[] {
  if (!(item.code in answers)) return [];
  const option = item.options.find(({ value }) => value === answers[item.code]);
  const answer = option ? option.label[language] : say(language, "questionnaire.no_answer");
  return [h("dt", {}, item.text[language]), h("dd", {}, answer)];
}
