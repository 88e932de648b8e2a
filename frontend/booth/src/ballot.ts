/**
 * Sending a ballot: sealed, signed, submitted. Each state is saved before the next step, and each step gives the same
 * answer when it is repeated, so that a lost reply, a reload or a second tab ends in one ballot.
 */

import { askSignature, submitBallot, type Config, type Invitation } from "./api";
import { blind, finalize, type PublicJwk } from "./protocol/blindrsa";
import { concat, fromText, random, toText, utf8 } from "./protocol/bytes";
import { message, receipt } from "./protocol/encoding";
import { seal } from "./protocol/sealing";
import type { Answers } from "./questionnaire";
import type { SavedWork } from "./saved";
import { sealedService, withoutService } from "./service";

/** Sealed answers with what finishes their signature, in base64url; names as in docs/protocol/v1.md. */
export interface Envelope {
  readonly stratum: string;
  readonly c: string;
  readonly prep: string;
  readonly blinded: string;
  readonly inverse: string;
  readonly sig?: string;
}

/** An envelope that the box has taken. */
export interface SubmittedBallot {
  readonly stratum: string;
  /** The ballot check code, 16 characters. */
  readonly receipt: string;
  /** Nothing of it is left on this device. */
  readonly wiped: boolean;
}

export class BallotSender {
  constructor(
    private readonly config: Config,
    private readonly key: PublicJwk,
    private readonly invitation: Invitation,
    private readonly code: string,
    private readonly saved: SavedWork,
  ) {}

  /** Returns an envelope that an earlier try left on this device. */
  pending(): Promise<Envelope | null> {
    return this.saved.read<Envelope>("envelope");
  }

  /** Seals the answers, blinds what is to be signed, and saves the envelope; an earlier tab's envelope wins. */
  async seal(answers: Answers, language: string): Promise<Envelope> {
    const { invitation, config } = this;
    const stratum = invitation.key_stratum;
    const content = {
      v: 1,
      round: config.round,
      stratum: invitation.stratum,
      agency: invitation.agency.code,
      unit: invitation.unit,
      service: sealedService(invitation, answers),
      group: invitation.group,
      instrument: invitation.instrument.digest,
      language,
      mode: invitation.channel === "interview" ? "interview" : "web",
      answers: withoutService(answers),
    };
    const plain = utf8(JSON.stringify(content));
    const c = await seal(config.election_key, config.round, stratum, plain);
    const prep = concat(random(32), await message(config.round, stratum, c));
    const { blinded, inverse } = await blind(this.key, prep);
    const envelope: Envelope = {
      stratum,
      c: toText(c),
      prep: toText(prep),
      blinded: toText(blinded),
      inverse: toText(inverse),
    };
    return this.saved.writeFirst("envelope", envelope);
  }

  /** Gets the signature, verifies it under the directory's key, and submits the envelope. */
  async send(envelope: Envelope): Promise<SubmittedBallot> {
    return submit(this.config, this.saved, envelope.sig ? envelope : await this.sign(envelope));
  }

  private async sign(envelope: Envelope): Promise<Envelope> {
    const { signature } = await askSignature(this.config, this.code, envelope.blinded);
    const sig = await finalize(this.key, fromText(envelope.prep), fromText(signature), fromText(envelope.inverse));
    const signed = { ...envelope, sig: toText(sig) };
    await this.saved.write("envelope", signed);
    return signed;
  }
}

/** Submits an envelope that has its signature: only the box needs to be asked any more. */
export async function submit(config: Config, saved: SavedWork, envelope: Envelope): Promise<SubmittedBallot> {
  const { stratum, c, prep, sig } = envelope;
  await submitBallot(config, { stratum, c, prep, sig: sig ?? "" });
  return { stratum, receipt: await receipt(fromText(c)), wiped: await saved.wipe() };
}

/**
 * Sends in one tab at a time: two tabs would each seal an envelope, and the code's one signature is for one of them.
 * Where another tab of this browser is sending, calls `otherwise`. Browsers without locks send at once.
 */
export async function inOneTab<T>(send: () => Promise<T>, otherwise: () => T): Promise<T> {
  if (!("locks" in navigator)) return send();
  return navigator.locks.request("espi-send", { ifAvailable: true }, (lock) => (lock ? send() : otherwise()));
}
