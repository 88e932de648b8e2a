/**
 * Interviews: each is locked at once to the trustees' key, so that neither the tablet nor the interviewer can read it
 * again; sent later, when there is a connection, in an order that has nothing to do with that of the interviews.
 */

import { findInvitation, isLasting, type Config } from "./api";
import { drop, Sending, type Envelope } from "./ballot";
import { Keep } from "./keep";
import { random, toText } from "./protocol/bytes";
import { checkInvitation, type Anchor } from "./protocol/directory";
import { Store } from "./store";

interface Waiting {
  readonly code: string;
  readonly envelope: Envelope;
}

/** Puts a locked interview aside; returns false where the device keeps nothing. */
export async function putAside(code: string, envelope: Envelope): Promise<boolean> {
  const store = await Store.open();
  const interview: Waiting = { code, envelope };
  try {
    await store?.change("interviews", (rows) => rows.put(interview, toText(random(12))));
    return store !== null;
  } catch {
    return false;
  }
}

/** Returns how many interviews wait on this device. */
export async function countWaiting(): Promise<number> {
  return (await waiting(await Store.open())).length;
}

async function waiting(store: Store | null): Promise<string[]> {
  try {
    return (await store?.names("interviews")) ?? [];
  } catch {
    return [];
  }
}

export interface Outcome {
  readonly sent: number;
  readonly refused: number;
  readonly left: number;
}

/** Sends what waits, shuffled; what cannot be sent stays, as far as it got; what is refused for good goes. */
export async function sendAll(config: Config, anchor: Anchor, told: (left: number) => void): Promise<Outcome> {
  let [sent, refused] = [0, 0];
  const store = await Store.open();
  const names = shuffled(await waiting(store));
  for (const [n, name] of names.entries()) {
    told(names.length - n);
    const interview = await store?.read<Waiting>("interviews", name);
    if (!interview) continue; // another tab was quicker
    const keep = await Keep.of(interview.code);
    try {
      await sendOne(config, anchor, keep, interview);
      sent++;
    } catch (trouble) {
      if (!isLasting(trouble)) {
        const reached = await keep.read<Envelope>("envelope");
        if (reached) await store?.change("interviews", (rows) => rows.put({ ...interview, envelope: reached }, name));
        continue;
      }
      refused++;
      await keep.wipe();
    }
    await store?.change("interviews", (rows) => rows.delete(name));
  }
  return { sent, refused, left: (await waiting(store)).length };
}

async function sendOne(config: Config, anchor: Anchor, keep: Keep, { code, envelope }: Waiting): Promise<void> {
  const reached = (await keep.read<Envelope>("envelope")) ?? envelope;
  if (reached.sig) return void (await drop(config, keep, reached));
  const invitation = await findInvitation(config, code);
  const given = { code, stratum: invitation.key_stratum, proofs: invitation.proofs };
  const key = await checkInvitation(anchor, config, given);
  await new Sending(config, key, invitation, code, keep).send(reached);
}

function shuffled<T>(list: T[]): T[] {
  const drawn = new Uint32Array(list.length);
  crypto.getRandomValues(drawn);
  return list.map((one, at) => ({ one, at: drawn[at] ?? 0 })).sort((a, b) => a.at - b.at).map(({ one }) => one);
}
