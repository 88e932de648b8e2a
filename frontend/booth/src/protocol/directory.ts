/**
 * What the booth checks before the first question: that its key, its group and its invitation are those that were
 * published for everybody before the survey. docs/protocol/record.md, P15.
 */

import { suitable, type PublicJwk } from "./blindrsa";
import { fromText, sha256, toText, utf8, type Bytes } from "./bytes";
import { isIncluded, leafHash, same } from "./tree";

/** An entry of the log with the proof that it is one of those that the page was made for. */
export interface ProvedEntry {
  readonly index: number;
  readonly entry: string;
  readonly proof: readonly string[];
}

export interface Proofs {
  readonly stratum: ProvedEntry;
  readonly frame: ProvedEntry;
  readonly invitation: { readonly index: number; readonly size: number; readonly proof: readonly string[] };
}

/** The root that is compiled into the page, and the size of the log it is of. */
export interface Anchor {
  readonly root: Bytes;
  readonly size: number;
}

/** What config.json says of the wave; checked before it is used. */
export interface WaveConfig {
  readonly round: string;
  readonly level: string;
  readonly election_key: JsonWebKey;
  readonly round_entry: ProvedEntry;
}

/** A key, a group or an invitation is not as it was published for everybody: nothing is asked and nothing is sent. */
export class NotPublished extends Error {}

// People that share a signing key. Fewer could be told apart by it, so no smaller number from a server is believed.
const LEAST_GROUP = 10;
const SPKI = "308201a2300d06092a864886f70d01010105000382018f003082018a0282018100"; // RSA, 3,072 bits
const EXPONENT = "0203010001";

export function anchorOf(page: HTMLElement): Anchor {
  return { root: fromText(page.dataset["root"] ?? ""), size: Number(page.dataset["size"]) };
}

/**
 * Checks that the trustees' key and the level are those under the page's root; returns how many people must share
 * a signing key at least.
 */
export async function checkWave(anchor: Anchor, config: WaveConfig): Promise<number> {
  const round = await readProved(anchor, config.round_entry, "espi/round/v1", 0);
  const key = round["election_key"] as JsonWebKey;
  const { x, y } = config.election_key;
  mustHold(key.x === x && key.y === y && key.crv === "P-256");
  mustHold(round["round"] === config.round && round["level"] === config.level);
  return Math.max(LEAST_GROUP, Number(round["minimum"]));
}

/** Checks an invitation's group and its place, and returns the one key that its ballot may be signed with. */
export async function checkInvitation(
  anchor: Anchor,
  config: WaveConfig,
  invitation: { code: string; stratum: string; proofs: Proofs },
): Promise<PublicJwk> {
  const { code, stratum, proofs } = invitation;
  const minimum = await checkWave(anchor, config);
  const entry = await readProved(anchor, proofs.stratum, "espi/stratum/v1", proofs.stratum.index);
  const commitment = await readProved(anchor, proofs.frame, "espi/frame/v1", anchor.size - 1);
  mustHold(entry["round"] === config.round && entry["stratum"] === stratum);
  mustHold(commitment["round"] === config.round);
  mustHold(Number(entry["invited"]) >= minimum);
  const position = {
    root: fromText(String(commitment["root"])),
    size: Number(commitment["invitations"]),
    index: proofs.invitation.index,
  };
  const hash = await sha256(utf8(`espi/invite/v1\0${config.round}\0${stratum}\0${code}`));
  mustHold(await isIncluded(position, await leafHash(hash), proofs.invitation.proof.map(fromText)));
  return suitable(jwkOf(fromText(String(entry["key"]))));
}

/** Checks that an entry stands at its place in the log, and returns what it states. */
async function readProved(
  anchor: Anchor,
  proved: ProvedEntry,
  kind: string,
  index: number,
): Promise<Record<string, unknown>> {
  const position = { root: anchor.root, size: anchor.size, index: proved.index };
  const leaf = await leafHash(utf8(proved.entry));
  mustHold(proved.index === index && (await isIncluded(position, leaf, proved.proof.map(fromText))));
  const head = `${kind}\n`;
  mustHold(proved.entry.startsWith(head));
  return JSON.parse(proved.entry.slice(head.length)) as Record<string, unknown>;
}

/** Reads the one form in which this protocol writes RSA keys; any other is refused. */
export function jwkOf(der: Bytes): PublicJwk {
  const [head, end] = [fromHex(SPKI), fromHex(EXPONENT)];
  const whole = head.length + 384 + end.length;
  mustHold(der.length === whole);
  mustHold(same(der.slice(0, head.length), head) && same(der.slice(head.length + 384), end));
  return { kty: "RSA", n: toText(der.slice(head.length, head.length + 384)), e: "AQAB" };
}

function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function mustHold(holds: boolean): void {
  if (!holds) throw new NotPublished();
}
