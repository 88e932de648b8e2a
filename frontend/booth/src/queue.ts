/**
 * Interviews: each is locked at once to the trustees' key, so that neither the tablet nor the interviewer can read it
 * again; sent later, when there is a connection, in an order that has nothing to do with that of the interviews.
 */

import { findInvitation, Refused, type Config } from "./api";
import { Sending, type Envelope } from "./ballot";
import { Keep } from "./keep";
import { random, toText } from "./protocol/bytes";
import { checkInvitation, type Anchor } from "./protocol/directory";

const PREFIX = "espi-interview.";

interface Waiting {
  readonly code: string;
  readonly envelope: Envelope;
}

/** Puts a locked interview aside; returns false where the device keeps nothing. */
export function putAside(code: string, envelope: Envelope): boolean {
  try {
    localStorage.setItem(PREFIX + toText(random(12)), JSON.stringify({ code, envelope }));
    return true;
  } catch {
    return false;
  }
}

export function waiting(): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

export interface Outcome {
  readonly sent: number;
  readonly refused: number;
  readonly left: number;
}

/** Sends what waits, shuffled; what cannot be sent stays, what is refused for good goes. */
export async function sendAll(config: Config, anchor: Anchor, told: (left: number) => void): Promise<Outcome> {
  let [sent, refused] = [0, 0];
  const names = shuffled(waiting());
  for (const [n, name] of names.entries()) {
    told(names.length - n);
    try {
      await sendOne(config, anchor, JSON.parse(localStorage.getItem(name) ?? "") as Waiting);
      sent++;
    } catch (trouble) {
      if (!(trouble instanceof Refused) || trouble.status >= 500) continue;
      refused++;
    }
    localStorage.removeItem(name);
  }
  return { sent, refused, left: waiting().length };
}

async function sendOne(config: Config, anchor: Anchor, { code, envelope }: Waiting): Promise<void> {
  const invitation = await findInvitation(config, code);
  const given = { code, stratum: invitation.key_stratum, proofs: invitation.proofs };
  const key = await checkInvitation(anchor, config, given);
  const keep = await Keep.of(code);
  await new Sending(config, key, invitation, code, keep).send((await keep.read<Envelope>("envelope")) ?? envelope);
}

function shuffled<T>(list: T[]): T[] {
  const drawn = new Uint32Array(list.length);
  crypto.getRandomValues(drawn);
  return list.map((one, at) => ({ one, at: drawn[at] ?? 0 })).sort((a, b) => a.at - b.at).map(({ one }) => one);
}
