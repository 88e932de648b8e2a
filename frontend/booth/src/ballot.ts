/**
 * Sending: SEALED, TICKETED, DROPPED. Each state is kept before the next step, and each step gives
 * the same answer when repeated, so a lost reply, a reload or a second tab ends in one ballot.
 */

import { askSignature, dropBallot, type Config, type Invitation } from "./api";
import type { Keep } from "./keep";
import { blind, finalize, type PublicJwk } from "./protocol/blindrsa";
import { concat, fromText, random, toText, utf8 } from "./protocol/bytes";
import { message, receipt } from "./protocol/encoding";
import { seal } from "./protocol/sealing";
import type { Answers } from "./questionnaire";

export interface Envelope {
  readonly stratum: string;
  readonly c: string;
  readonly prep: string;
  readonly blinded: string;
  readonly inverse: string;
  readonly sig?: string;
}

/** What the last page says. */
export interface Dropped {
  readonly stratum: string;
  readonly receipt: string;
  readonly wiped: boolean;
}

export class Sending {
  constructor(
    private readonly config: Config,
    private readonly key: PublicJwk,
    private readonly invitation: Invitation,
    private readonly code: string,
    private readonly keep: Keep,
  ) {}

  /** An envelope that an earlier try left on this device. */
  pending(): Promise<Envelope | null> {
    return this.keep.read<Envelope>("envelope");
  }

  async seal(answers: Answers, language: string): Promise<Envelope> {
    const { invitation, config } = this;
    const stratum = invitation.key_stratum;
    const content = {
      v: 1,
      round: config.round,
      stratum: invitation.stratum,
      agency: invitation.agency.code,
      unit: invitation.unit,
      group: invitation.group,
      instrument: invitation.instrument.digest,
      language,
      mode: invitation.channel === "interview" ? "interview" : "web",
      answers,
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
    return this.keep.writeFirst("envelope", envelope);
  }

  /** Gets the signature, verifies it under the directory's key, and drops the envelope. */
  async send(envelope: Envelope): Promise<Dropped> {
    return drop(this.config, this.keep, envelope.sig ? envelope : await this.ticket(envelope));
  }

  private async ticket(envelope: Envelope): Promise<Envelope> {
    const { signature } = await askSignature(this.config, this.code, envelope.blinded);
    const sig = await finalize(
      this.key,
      fromText(envelope.prep),
      fromText(signature),
      fromText(envelope.inverse),
    );
    const ticketed = { ...envelope, sig: toText(sig) };
    await this.keep.write("envelope", ticketed);
    return ticketed;
  }
}

/** Drops an envelope that has its signature: nobody but the box needs to be asked any more. */
export async function drop(config: Config, keep: Keep, { stratum, c, prep, sig }: Envelope): Promise<Dropped> {
  await dropBallot(config, { stratum, c, prep, sig: sig ?? "" });
  return { stratum, receipt: await receipt(fromText(c)), wiped: await keep.wipe() };
}

/** Runs a deed unless another tab of this browser is at it. */
export async function alone<T>(deed: () => Promise<T>, otherwise: () => T): Promise<T> {
  if (!("locks" in navigator)) return deed();
  return navigator.locks.request("espi-send", { ifAvailable: true }, (lock) =>
    lock ? deed() : otherwise(),
  );
}
