/** The way through the booth: which page follows which, and what happens between them. */

import { findInvitation, isLasting, readInstrument, Refused, Unreachable } from "./api";
import type { Config, Invitation } from "./api";
import { BallotSender, inOneTab, submit, type Envelope, type SubmittedBallot } from "./ballot";
import { h, show } from "./dom";
import { countWaiting, putAside, sendAll } from "./interviews";
import { landingPage } from "./landing";
import { showFinal, showRetry, showReview, showSection, showSetAside, showThanks, showWaiting } from "./pages";
import { isPractice, practiceLanding, practise } from "./practice";
import { InvalidSignature, UnsuitableKey } from "./protocol/blindrsa";
import { anchorOf, checkInvitation, NotPublished } from "./protocol/directory";
import { applies, check, type Answers, type Instrument } from "./questionnaire";
import { SavedWork } from "./saved";
import { namedService, subject, withService } from "./service";
import { say, type Facts, type Key, type Language } from "./strings";
import { codeIn, codeOfAddress } from "./typed";

/** One respondent between the first page and the last. */
interface Session {
  readonly code: string;
  readonly saved: SavedWork;
  readonly invitation: Invitation;
  readonly instrument: Instrument;
  readonly sender: BallotSender;
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
  private practice: Invitation | null = null;
  private session: Session | null = null;

  constructor(
    private readonly config: Config,
    private language: Language,
  ) {
    document.querySelector("#language")?.addEventListener("click", () => this.switchLanguage());
    this.showFrame();
  }

  private say(key: Key, facts: Facts = {}): string {
    return say(this.language, key, facts);
  }

  private switchLanguage(): void {
    this.language = this.language === "id" ? "en" : "id";
    this.showFrame();
    this.redraw();
  }

  /** Puts the language into what surrounds every page: the button, and the banner of a rehearsal. */
  private showFrame(): void {
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
    if (isPractice()) return this.startPractice();
    const codeInAddress = codeOfAddress();
    const page = landingPage(this.config, this.language, {
      askCode: codeInAddress === null,
      error,
      start: (typedCode, sharedDevice) => void this.start(codeInAddress ?? typedCode ?? "", sharedDevice),
    });
    const interviews = h("section", { class: "interviews", hidden: true });
    show(this.config.title[this.language], ...page, interviews);
    void this.showInterviews(interviews);
  }

  private startPractice(): void {
    practiceLanding(this.config, this.language, (invitation, instrument) => {
      void SavedWork.of("latihan").then((saved) => {
        void saved.disableDrafts();
        const sender = new BallotSender(this.config, { kty: "RSA", n: "", e: "" }, invitation, "", saved);
        this.practice = invitation;
        this.session = { code: "", saved, invitation, instrument, sender };
        this.section(0);
      });
    });
  }

  /** Shows how many interviews wait on this device, with the button that sends them. */
  private async showInterviews(part: HTMLElement): Promise<void> {
    const n = await countWaiting();
    if (!n) return;
    const showLeft = (left: number) => showWaiting(this.language, "booth.sending", left);
    const send = async () => {
      const outcome = await sendAll(this.config, anchorOf(document.documentElement), showLeft);
      this.landing();
      const sentence = this.say("interviews.outcome", { ...outcome });
      document.querySelector("main")?.append(h("p", { role: "status" }, sentence));
    };
    const label = this.say("interviews.send_all");
    part.append(
      h("p", {}, this.say("interviews.waiting", { n })),
      h("button", { type: "button", class: "secondary", click: () => void send() }, label),
    );
    part.hidden = false;
  }

  /** Locks an interview and puts it aside, instead of sending it at once. */
  private async setAside(session: Session, answers: Answers): Promise<void> {
    showWaiting(this.language, "booth.sending");
    const envelope = await session.sender.seal(answers, this.language);
    if (!(await putAside(session.code, envelope))) {
      return this.retry(this.say("interviews.device_full"), () => this.review());
    }
    await session.saved.wipe();
    this.endSession();
    showSetAside(this.language, () => this.landing());
  }

  /** Forgets the respondent: answers, session, and the code in the address. */
  private endSession(): void {
    this.answers = {};
    this.session = null;
    history.replaceState(null, "", location.pathname + location.search);
  }

  private async start(typedCode: string, sharedDevice: boolean): Promise<void> {
    const code = codeIn(typedCode);
    if (code === null) return this.landing(this.say("booth.malformed_code"));
    showWaiting(this.language, "booth.loading");
    let saved: SavedWork | null = null;
    try {
      saved = await SavedWork.of(code);
      if (sharedDevice) await saved.disableDrafts();
      const signed = await saved.read<Envelope>("envelope");
      if (signed?.sig) return void this.submitSigned(saved, signed);
      await this.open(code, saved);
    } catch (error) {
      if (saved && isLasting(error) && error.code !== "unknown_code") void this.refusedForGood(saved, error);
      else this.landing(this.explain(error));
    }
  }

  /** Looks the code up, checks that all is as published, and shows the first section, or sends what waits. */
  private async open(code: string, saved: SavedWork): Promise<void> {
    const invitation = await findInvitation(this.config, code);
    const { state, key_stratum: stratum, proofs } = invitation;
    const key = await checkInvitation(anchorOf(document.documentElement), this.config, { code, stratum, proofs });
    const sender = new BallotSender(this.config, key, invitation, code, saved);
    const pending = await sender.pending();
    if (!pending && state !== "open") return this.over(saved, () => this.say(STATES[state]));
    const instrument = withService(await readInstrument(invitation.instrument.digest), invitation);
    this.session = { code, saved, invitation, instrument, sender };
    if (pending) return void this.deliver(() => Promise.resolve(pending));
    this.answers = { ...namedService(invitation), ...(await saved.read<Answers>("draft")) };
    this.section(0);
  }

  /** Says why no further try can help, and deletes what waits on this device: it can never be counted. */
  private async refusedForGood(saved: SavedWork, refused: Refused): Promise<void> {
    const unsent = await hasWork(saved);
    if (refused.code === "closed" && unsent) return this.over(saved, () => this.say("booth.closed_unsent"));
    if (refused.code === "already_used") return this.over(saved, () => this.say("booth.finished"));
    return this.over(saved, () => this.explain(refused));
  }

  /** Deletes what is saved, and shows the last page; the sentence is looked up again in the other language. */
  private async over(saved: SavedWork, sentence: () => string): Promise<void> {
    const hadWork = await hasWork(saved);
    const wiped = await saved.wipe();
    this.answers = {};
    this.session = null;
    this.final(sentence, hadWork ? (wiped ? "booth.wiped" : "booth.draft_remains") : null);
  }

  private final(sentence: () => string, more: Key | null): void {
    this.redraw = () => this.final(sentence, more);
    showFinal(this.language, this.config.title[this.language], sentence(), more);
  }

  /** Submits an envelope that an earlier visit got signed: only the box is asked, also after the last day. */
  private async submitSigned(saved: SavedWork, envelope: Envelope): Promise<void> {
    showWaiting(this.language, "booth.sending");
    const again = () => void this.submitSigned(saved, envelope);
    try {
      await inOneTab(
        async () => this.thanks(await submit(this.config, saved, envelope)),
        () => this.retry(this.say("booth.other_tab"), again, true),
      );
    } catch (error) {
      if (isLasting(error)) void this.refusedForGood(saved, error);
      else this.retry(this.explain(error), again, true);
    }
  }

  private explain(error: unknown): string {
    if (error instanceof Refused && error.sentence) return error.sentence[this.language];
    if (error instanceof Unreachable) return this.say("booth.offline");
    const notAsPublished = [InvalidSignature, NotPublished, UnsuitableKey];
    if (notAsPublished.some((kind) => error instanceof kind)) return this.say("booth.not_published");
    return this.say("booth.unavailable");
  }

  private section(number: number, missing: readonly string[] = []): void {
    const session = this.session;
    if (!session?.instrument.sections[number]) return this.review();
    this.redraw = () => this.section(number, missing);
    showSection(this.language, {
      instrument: session.instrument,
      number,
      answers: this.answers,
      subject: subject(session.invitation, this.answers)[this.language],
      interview: session.invitation.channel === "interview",
      missing,
      draftKept: session.saved.keepsDrafts,
      answered: (code, value) => this.answered(code, value, number, missing),
      next: (event) => this.leave(event, number),
      back: () => (number ? this.section(number - 1) : this.landing()),
      deleteDraft: () => {
        void session.saved.deleteDraft();
        this.answers = {};
        this.landing();
      },
    });
  }

  /** Keeps an answer, and draws the section again if the answer changes what is asked in it. */
  private answered(code: string, value: string, number: number, missing: readonly string[]): void {
    const before = this.askedIn(number);
    this.answers = { ...this.answers, [code]: value };
    void this.session?.saved.write("draft", this.answers);
    if (this.askedIn(number) === before) return;
    this.section(number, missing);
    document.getElementById(`${code}-${value}`)?.focus();
  }

  private askedIn(number: number): string {
    const items = this.session?.instrument.sections[number]?.items ?? [];
    return items
      .filter((item) => applies(item, this.answers))
      .map((item) => item.code)
      .join();
  }

  private leave(event: Event, number: number): void {
    event.preventDefault();
    const session = this.session;
    if (!session) return;
    const { unanswered } = check(session.instrument, this.answers);
    const items = session.instrument.sections[number]?.items ?? [];
    const missing = unanswered.filter((code) => items.some((item) => item.code === code));
    if (missing.length) this.section(number, missing);
    else this.section(number + 1);
  }

  private review(): void {
    const session = this.session;
    if (!session) return;
    this.redraw = () => this.review();
    const { instrument, invitation } = session;
    const { answers, unanswered } = check(instrument, this.answers);
    if (unanswered.length) return this.section(sectionOf(instrument, unanswered), unanswered);
    showReview(this.language, {
      instrument,
      answers,
      change: (number) => this.section(number),
      send: () => void this.deliver(() => session.sender.seal(answers, this.language)),
      setAside: invitation.channel === "interview" ? () => void this.setAside(session, answers) : null,
    });
  }

  /** Sends one envelope: the one that waits on this device, or else the one that `seal` makes. */
  private async deliver(seal: () => Promise<Envelope>): Promise<void> {
    const session = this.session;
    if (!session) return;
    showWaiting(this.language, "booth.sending");
    if (this.practice) {
      const receipt = await practise(this.config, this.practice, this.answers);
      return this.thanks({ stratum: this.practice.key_stratum, receipt, wiped: true });
    }
    // Where the device saves nothing, the envelope is kept in memory: sealing anew would make a second one.
    let sealed: Envelope | null = null;
    const again = () => void this.deliver(() => (sealed ? Promise.resolve(sealed) : seal()));
    try {
      await inOneTab(
        async () => {
          sealed = (await session.sender.pending()) ?? (await seal());
          this.thanks(await session.sender.send(sealed));
        },
        () => this.retry(this.say("booth.other_tab"), again),
      );
    } catch (error) {
      if (isLasting(error)) void this.refusedForGood(session.saved, error);
      else this.retry(this.explain(error), again);
    }
  }

  private retry(sentence: string, again: () => void, envelopeSaved = this.session?.saved.isWorking ?? false): void {
    this.redraw = () => this.retry(sentence, again, envelopeSaved);
    showRetry(this.language, sentence, again, envelopeSaved);
  }

  private thanks(ballot: SubmittedBallot): void {
    this.redraw = () => this.thanks(ballot);
    this.endSession();
    showThanks(this.language, this.config.public, ballot);
  }
}

/** Whether anything of a code is saved on this device. */
async function hasWork(saved: SavedWork): Promise<boolean> {
  return (await saved.read("envelope")) !== null || (await saved.read("draft")) !== null;
}

/** The first section with one of these items. */
function sectionOf(instrument: Instrument, codes: readonly string[]): number {
  return instrument.sections.findIndex(({ items }) => items.some((item) => codes.includes(item.code)));
}
