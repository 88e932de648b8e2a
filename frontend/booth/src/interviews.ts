/**
 * Interviews: each is locked at once to the trustees' key, so that neither the device nor the interviewer can read it
 * again. They are sent later, when there is a connection, in an order that does not follow that of the interviews.
 */

import { findInvitation, isLasting, type Config } from "./api";
import { BallotSender, submit, type Envelope } from "./ballot";
import { DeviceDatabase } from "./database";
import { random, toText } from "./protocol/bytes";
import { checkInvitation, type Anchor } from "./protocol/directory";
import { SavedWork } from "./saved";

interface WaitingInterview {
  readonly code: string;
  readonly envelope: Envelope;
}

/** Puts a locked interview aside; returns false where the device saves nothing. */
export async function putAside(code: string, envelope: Envelope): Promise<boolean> {
  const database = await DeviceDatabase.open();
  const interview: WaitingInterview = { code, envelope };
  try {
    // A random name: the rows' order must not be that of the interviews.
    await database?.change("interviews", (rows) => rows.put(interview, toText(random(12))));
    return database !== null;
  } catch {
    return false;
  }
}

/** Returns how many interviews wait on this device. */
export async function countWaiting(): Promise<number> {
  return (await waitingNames(await DeviceDatabase.open())).length;
}

async function waitingNames(database: DeviceDatabase | null): Promise<string[]> {
  try {
    return (await database?.names("interviews")) ?? [];
  } catch {
    return [];
  }
}

/** How many interviews were sent, were refused for good, and still wait. */
export interface Outcome {
  readonly sent: number;
  readonly refused: number;
  readonly left: number;
}

/**
 * Sends the waiting interviews, shuffled. One that cannot be sent now stays with what it has reached; one that is
 * refused for good is deleted, because it can never be counted.
 */
export async function sendAll(config: Config, anchor: Anchor, showLeft: (left: number) => void): Promise<Outcome> {
  let [sent, refused] = [0, 0];
  const database = await DeviceDatabase.open();
  const names = shuffled(await waitingNames(database));
  for (const [n, name] of names.entries()) {
    showLeft(names.length - n);
    const interview = await database?.read<WaitingInterview>("interviews", name);
    if (!interview) continue; // another tab has sent it
    const saved = await SavedWork.of(interview.code);
    try {
      await sendInterview(config, anchor, saved, interview);
      sent++;
    } catch (error) {
      if (!isLasting(error)) {
        const signed = await saved.read<Envelope>("envelope");
        if (signed) await database?.change("interviews", (rows) => rows.put({ ...interview, envelope: signed }, name));
        continue;
      }
      refused++;
      await saved.wipe();
    }
    await database?.change("interviews", (rows) => rows.delete(name));
  }
  return { sent, refused, left: (await waitingNames(database)).length };
}

async function sendInterview(
  config: Config,
  anchor: Anchor,
  saved: SavedWork,
  { code, envelope: locked }: WaitingInterview,
): Promise<void> {
  const envelope = (await saved.read<Envelope>("envelope")) ?? locked;
  if (envelope.sig) return void (await submit(config, saved, envelope));
  const invitation = await findInvitation(config, code);
  const { key_stratum: stratum, proofs } = invitation;
  const key = await checkInvitation(anchor, config, { code, stratum, proofs });
  await new BallotSender(config, key, invitation, code, saved).send(envelope);
}

function shuffled<T>(list: readonly T[]): T[] {
  const draws = crypto.getRandomValues(new Uint32Array(list.length));
  return list
    .map((element, at) => ({ element, draw: draws[at] ?? 0 }))
    .sort((a, b) => a.draw - b.draw)
    .map(({ element }) => element);
}
