/** The pages of the booth, one after the other. */

import { findInvitation, isLasting, readInstrument, Refused, Unreachable } from "./api";
import type { Config, Invitation } from "./api";
import { alone, drop, Sending, type Dropped, type Envelope } from "./ballot";
import { h, show } from "./dom";
import { errorSummary, sectionForm } from "./form";
import { Keep } from "./keep";
import { landingPage } from "./landing";
import { isPractice, practiceLanding, practise } from "./practice";
import { InvalidSignature, UnsuitableKey } from "./protocol/blindrsa";
import { anchorOf, checkInvitation, NotPublished } from "./protocol/directory";
import { countWaiting, putAside, sendAll } from "./queue";
import { applies, check, type Answers, type Instrument, type Item } from "./questionnaire";
import { say, type Key, type Language, type Text } from "./strings";
import { codeIn, codeOfAddress } from "./typed";

interface Session {
  readonly code: string;
  readonly keep: Keep;
  readonly invitation: Invitation;
  readonly instrument: Instrument;
  readonly sending: Sending;
}

/** Sentences for invitations that take no answers. */
const STATES = {
  finished: "booth.finished",
  expired: "booth.closed",
  closed: "booth.closed",
  stopped: "booth.stopped",
} as const;

export class Booth {
  private answers: Answers = {};
  private redraw: () => void = () => this.landing();
  private practice: { invitation: Invitation; instrument: Instrument } | null = null;
  private session: Session | null = null;

  constructor(
    private readonly config: Config,
    private language: Language,
  ) {
    document.querySelector("#language")?.addEventListener("click", () => this.switchLanguage());
    this.dress();
  }

  private say(key: Key, facts: Record<string, string | number> = {}): string {
    return say(this.language, key, facts);
  }

  private switchLanguage(): void {
    this.language = this.language === "id" ? "en" : "id";
    this.dress();
    this.redraw();
  }

  private dress(): void {
    document.documentElement.lang = this.language;
    const button = document.querySelector("#language");
    if (button) button.textContent = this.say("survey.other_language");
    button?.setAttribute("lang", this.language === "id" ? "en" : "id");
    const banner = document.querySelector<HTMLElement>("#rehearsal");
    if (banner && this.config.rehearsal) {
      banner.hidden = false;
      banner.textContent = this.say("survey.rehearsal");
    }
  }

  landing(error: string | null = null): void {
    this.redraw = () => this.landing(error);
    if (isPractice()) return this.practiceStart();
    const ofAddress = codeOfAddress();
    const page = landingPage(this.config, this.language, {
      askCode: ofAddress === null,
      error,
      start: (typed, shared) => void this.start(ofAddress ?? typed ?? "", shared),
    });
    const interviews = h("section", { class: "interviews", hidden: true });
    show(this.config.title[this.language], ...page, interviews);
    void this.tellInterviews(interviews);
  }

  private practiceStart(): void {
    practiceLanding(this.config, this.language, (invitation, instrument) => {
      void Keep.of("latihan").then((keep) => {
        void keep.keepNoDraft();
        const sending = new Sending(this.config, { kty: "RSA", n: "", e: "" }, invitation, "", keep);
        this.practice = { invitation, instrument };
        this.session = { code: "", keep, invitation, instrument, sending };
        this.section(0);
      });
    });
  }

  /** What an interviewer has locked and not sent yet, with the button that sends it. */
  private async tellInterviews(part: HTMLElement): Promise<void> {
    const n = await countWaiting();
    if (!n) return;
    const tell = (left: number) => this.wait("booth.sending", { left });
    const send = async () => {
      const outcome = await sendAll(this.config, anchorOf(document.documentElement), tell);
      this.landing();
      document.querySelector("main")?.append(h("p", { role: "status" }, this.say("interviews.outcome", { ...outcome })));
    };
    part.append(
      h("p", {}, this.say("interviews.waiting", { n })),
      h("button", { type: "button", class: "secondary", click: () => void send() }, this.say("interviews.send_all")));
    part.hidden = false;
  }

  /** Locks an interview and puts it aside, instead of sending it at once. */
  private async setAside(session: Session, answers: Answers): Promise<void> {
    this.wait("booth.sending");
    const envelope = await session.sending.seal(answers, this.language);
    if (!(await putAside(session.code, envelope))) return this.stuck(this.say("interviews.device_full"), () => this.review());
    await session.keep.wipe();
    this.answers = {};
    this.session = null;
    history.replaceState(null, "", location.pathname + location.search);
    show(this.say("interviews.set_aside"), h("h1", {}, this.say("interviews.set_aside")), h("p", {}, this.say("interviews.set_aside_text")),
      h("div", { class: "buttons" }, h("button", { type: "button", click: () => this.landing() }, this.say("interviews.next_interview"))));
  }

  private async start(typed: string, shared: boolean): Promise<void> {
    const code = codeIn(typed);
    if (code === null) return this.landing(this.say("booth.malformed_code"));
    this.wait("booth.loading");
    let keep: Keep | null = null;
    try {
      keep = await Keep.of(code);
      if (shared) await keep.keepNoDraft();
      const stamped = await keep.read<Envelope>("envelope");
      if (stamped?.sig) return void this.finish(keep, stamped);
      const invitation = await findInvitation(this.config, code);
      const given = { code, stratum: invitation.key_stratum, proofs: invitation.proofs };
      const key = await checkInvitation(anchorOf(document.documentElement), this.config, given);
      const sending = new Sending(this.config, key, invitation, code, keep);
      const pending = await sending.pending();
      const { state } = invitation;
      if (!pending && state !== "open") return void this.over(keep, () => this.say(STATES[state]));
      const instrument = await readInstrument(invitation.instrument.digest);
      this.session = { code, keep, invitation, instrument, sending };
      if (pending) return void this.deliver(() => Promise.resolve(pending));
      this.answers = (await keep.read<Answers>("draft")) ?? {};
      this.section(0);
    } catch (trouble) {
      if (keep && isLasting(trouble) && trouble.code !== "unknown_code") void this.refusedForGood(keep, trouble);
      else this.landing(this.explain(trouble));
    }
  }

  /** Says what came of it where no further try can help; what waits on this device goes, for it can never be counted. */
  private async refusedForGood(keep: Keep, refused: Refused): Promise<void> {
    const unsent = (await keep.read("envelope")) !== null || (await keep.read("draft")) !== null;
    if (refused.code === "closed" && unsent) return this.over(keep, () => this.say("booth.closed_unsent"));
    if (refused.code === "already_used") return this.over(keep, () => this.say("booth.finished"));
    return this.over(keep, () => this.explain(refused));
  }

  /** The last page where nothing can be sent any more: no "Start", no "try again". */
  private async over(keep: Keep, sentence: () => string): Promise<void> {
    const had = (await keep.read("envelope")) !== null || (await keep.read("draft")) !== null;
    const wiped = await keep.wipe();
    this.answers = {};
    this.session = null;
    this.final(sentence, had ? (wiped ? "booth.wiped" : "booth.draft_remains") : null);
  }

  private final(sentence: () => string, more: Key | null): void {
    this.redraw = () => this.final(sentence, more);
    show(this.config.title[this.language], h("h1", {}, this.config.title[this.language]),
      h("p", { class: "errors", role: "alert", "data-focus": true }, sentence()),
      more ? h("p", {}, this.say(more)) : null);
  }

  /** Drops what an earlier visit got stamped: the box alone is asked, also after the last day. */
  private async finish(keep: Keep, envelope: Envelope): Promise<void> {
    this.wait("booth.sending");
    const again = () => void this.finish(keep, envelope);
    try {
      await alone(
        async () => this.thanks(await drop(this.config, keep, envelope)),
        () => this.stuck(this.say("booth.other_tab"), again, true),
      );
    } catch (trouble) {
      if (isLasting(trouble)) void this.refusedForGood(keep, trouble);
      else this.stuck(this.explain(trouble), again, true);
    }
  }

  private explain(trouble: unknown): string {
    if (trouble instanceof Refused && trouble.told) return this.inWords(trouble.told);
    if (trouble instanceof Unreachable) return this.say("booth.offline");
    const badKey = [InvalidSignature, NotPublished, UnsuitableKey];
    if (badKey.some((kind) => trouble instanceof kind)) return this.say("booth.not_published");
    return this.say("booth.unavailable");
  }

  private inWords(told: Text): string {
    return told[this.language];
  }

  private wait(key: Key, facts: Record<string, number> = {}): void {
    const left = facts["left"] ? ` (${facts["left"]})` : "";
    show(this.say("survey.title"), h("h1", {}, this.say("survey.title")), h("p", { role: "status" }, this.say(key) + left));
  }

  private section(number: number, missing: string[] = []): void {
    const session = this.session;
    const section = session?.instrument.sections[number];
    if (!session || !section) return this.review();
    this.redraw = () => this.section(number, missing);
    const of = session.instrument.sections.length;
    const items = section.items.filter((item) => missing.includes(item.code));
    const form = h(
      "form",
      { novalidate: true, submit: (event) => this.leave(event, number) },
      sectionForm(section, this.answers, this.language, missing, (code, value) =>
        this.answered(code, value, number, missing),
      ),
      h("div", { class: "buttons" },
        h("button", { type: "submit" }, this.say("questionnaire.next")),
        h("button", { type: "button", class: "secondary", click: () => (number ? this.section(number - 1) : this.landing()) }, this.say("questionnaire.back")),
      ),
    );
    show(
      section.title[this.language],
      h("p", { class: "agency" }, this.say("questionnaire.about", { agency: session.invitation.agency.name })),
      h("p", { class: "step", id: "step" }, this.say("questionnaire.section", { n: number + 1, of })),
      h("progress", { max: String(of), value: String(number), "aria-labelledby": "step" }),
      missing.length ? errorSummary(items, this.language) : null,
      h("h1", {}, section.title[this.language]),
      section.intro ? h("p", {}, section.intro[this.language]) : null,
      session.invitation.channel === "interview" ? h("p", { class: "quiet" }, this.say("interviews.interviewer_hears")) : null,
      form,
      this.draftNote(session.keep),
    );
  }

  private answered(code: string, value: string, number: number, missing: string[]): void {
    const shown = this.askedIn(number);
    this.answers = { ...this.answers, [code]: value };
    void this.session?.keep.write("draft", this.answers);
    if (this.askedIn(number) === shown) return;
    this.section(number, missing);
    document.getElementById(`${code}-${value}`)?.focus();
  }

  private askedIn(number: number): string {
    const items = this.session?.instrument.sections[number]?.items ?? [];
    return items.filter((item) => applies(item, this.answers)).map((item) => item.code).join();
  }

  private leave(event: Event, number: number): void {
    event.preventDefault();
    const session = this.session;
    if (!session) return;
    const open = check(session.instrument, this.answers).unanswered;
    const here = (session.instrument.sections[number]?.items ?? []).map((item) => item.code);
    const missing = open.filter((code) => here.includes(code));
    if (missing.length) this.section(number, missing);
    else this.section(number + 1);
  }

  private draftNote(keep: Keep): HTMLElement {
    if (!keep.keepsDrafts) return h("p", { class: "quiet" }, this.say("booth.no_draft"));
    const forget = () => {
      void keep.forgetDraft();
      this.answers = {};
      this.landing();
    };
    return h("p", { class: "quiet" }, this.say("booth.draft_kept"), " ",
      h("button", { type: "button", class: "link", click: forget }, this.say("booth.delete_draft")));
  }

  private review(): void {
    const session = this.session;
    if (!session) return;
    this.redraw = () => this.review();
    const { answers, unanswered } = check(session.instrument, this.answers);
    if (unanswered.length) return this.backTo(unanswered);
    const sections = session.instrument.sections.map((section, number) =>
      h("section", {},
        h("div", { class: "review-head" }, h("h2", {}, section.title[this.language]),
          h("button", { type: "button", class: "link", "aria-label": `${this.say("questionnaire.change")}: ${section.title[this.language]}`, click: () => this.section(number) }, this.say("questionnaire.change"))),
        h("dl", {}, ...section.items.filter((item) => item.code in answers).flatMap((item) => this.answerOf(item, answers))),
      ),
    );
    show(this.say("questionnaire.review"), h("h1", {}, this.say("questionnaire.review")), h("p", {}, this.say("questionnaire.review_text")), ...sections,
      h("div", { class: "buttons" }, h("button", { type: "button", click: () => void this.deliver(() => session.sending.seal(answers, this.language)) }, this.say("questionnaire.send")),
        session.invitation.channel === "interview"
          ? h("button", { type: "button", class: "secondary", click: () => void this.setAside(session, answers) }, this.say("interviews.set_aside"))
          : null));
  }

  private answerOf(item: Item, answers: Answers): HTMLElement[] {
    const option = item.options.find((one) => one.value === answers[item.code]);
    const said = option ? option.label[this.language] : this.say("questionnaire.no_answer");
    return [h("dt", {}, item.text[this.language]), h("dd", {}, said)];
  }

  private backTo(unanswered: string[]): void {
    const sections = this.session?.instrument.sections ?? [];
    const number = sections.findIndex((s) => s.items.some((item) => unanswered.includes(item.code)));
    this.section(number, unanswered);
  }

  /** Delivers one envelope: what waits on this device, or else what `make` seals, and no other. */
  private async deliver(make: () => Promise<Envelope>): Promise<void> {
    const session = this.session;
    if (!session) return;
    this.wait("booth.sending");
    if (this.practice) {
      const { invitation } = this.practice;
      const receipt = await practise(this.config, invitation, this.answers);
      return this.thanks({ stratum: invitation.key_stratum, receipt, wiped: true });
    }
    let held: Envelope | null = null;
    const again = () => void this.deliver(held ? () => Promise.resolve(held as Envelope) : make);
    try {
      await alone(
        async () => {
          const envelope = (await session.sending.pending()) ?? (await make());
          held = envelope;
          this.thanks(await session.sending.send(envelope));
        },
        () => this.stuck(this.say("booth.other_tab"), again),
      );
    } catch (trouble) {
      if (isLasting(trouble)) void this.refusedForGood(session.keep, trouble);
      else this.stuck(this.explain(trouble), again);
    }
  }

  private stuck(sentence: string, again: () => void, kept = this.session?.keep.keeps ?? false): void {
    this.redraw = () => this.stuck(sentence, again, kept);
    show(this.say("questionnaire.send"), h("h1", {}, this.say("questionnaire.send")),
      h("p", { class: "errors", role: "alert", "data-focus": true }, sentence),
      kept ? h("p", {}, this.say("booth.envelope_kept")) : null,
      h("div", { class: "buttons" }, h("button", { type: "button", click: again }, this.say("questionnaire.retry"))));
  }

  private thanks(dropped: Dropped): void {
    this.redraw = () => this.thanks(dropped);
    const { stratum, receipt, wiped } = dropped;
    this.answers = {};
    this.session = null;
    history.replaceState(null, "", location.pathname + location.search);
    const spaced = receipt.replace(/(.{4})(?=.)/g, "$1-");
    const query = `?lang=${this.language}#${encodeURIComponent(stratum)}`;
    show(this.say("thanks.thanks"), h("h1", {}, this.say("thanks.thanks")), h("p", {}, this.say(wiped ? "booth.sent" : "booth.sent_draft_remains")),
      h("h2", {}, this.say("thanks.receipt")), h("p", { class: "receipt" }, spaced),
      h("p", {}, this.say("thanks.group", { stratum })), h("p", {}, this.say("thanks.receipt_text")),
      h("p", {}, h("a", { href: `${this.config.public}/amplop${query}`, class: "button" }, this.say("thanks.check_envelope"))));
  }
}
