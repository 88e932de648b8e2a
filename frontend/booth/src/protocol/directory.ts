/**
 * What the booth checks before the first question: that its key, its group and its invitation are those that were
 * published for everybody before the survey. docs/protocol/record.md, P15.
 */

import { suitable, type PublicJwk } from "./blindrsa";
import { fromText, sha256, toText, utf8, type Bytes } from "./bytes";
import { includes, leafHash, same } from "./tree";

/** An entry of the log with the proof that it is one of those that the page was made for. */
export interface Proved {
  readonly index: number;
  readonly entry: string;
  readonly proof: readonly string[];
}

export interface Proofs {
  readonly stratum: Proved;
  readonly frame: Proved;
  readonly invitation: { readonly index: number; readonly size: number; readonly proof: readonly string[] };
}

/** The root that is compiled into the page, and the size of the log it is of. */
export interface Anchor {
  readonly root: Bytes;
  readonly size: number;
}

export interface Told {
  readonly round: string;
  readonly level: string;
  readonly election_key: JsonWebKey;
  readonly round_entry: Proved;
}

/** Nothing of what was told is shown to be the same for everybody: nothing is asked and nothing is sent. */
export class NotPublished extends Error {}

const LEAST = 10; // people: fewer never share a key, whatever a server says
const SPKI = "308201a2300d06092a864886f70d01010105000382018f003082018a0282018100"; // RSA, 3,072 bits
const EXPONENT = "0203010001";

export function anchorOf(page: HTMLElement): Anchor {
  return { root: fromText(page.dataset["root"] ?? ""), size: Number(page.dataset["size"]) };
}

/** Checks the round: its trustees' key and level are those under the page's root. */
export async function checkRound(anchor: Anchor, told: Told): Promise<number> {
  const round = await proved(anchor, told.round_entry, "espi/round/v1", 0);
  const key = round["election_key"] as JsonWebKey;
  const keys = key.x === told.election_key.x && key.y === told.election_key.y && key.crv === "P-256";
  insist(keys && round["round"] === told.round && round["level"] === told.level);
  return Math.max(LEAST, Number(round["minimum"]));
}

/** Checks an invitation's group and place, and returns the one key that its ballot may be signed with. */
export async function checkInvitation(
  anchor: Anchor,
  told: Told,
  given: { code: string; stratum: string; proofs: Proofs },
): Promise<PublicJwk> {
  const { code, stratum, proofs } = given;
  const minimum = await checkRound(anchor, told);
  const entry = await proved(anchor, proofs.stratum, "espi/stratum/v1", proofs.stratum.index);
  const frame = await proved(anchor, proofs.frame, "espi/frame/v1", anchor.size - 1);
  insist(entry["round"] === told.round && entry["stratum"] === stratum && frame["round"] === told.round);
  insist(Number(entry["invited"]) >= minimum);
  const place = { root: fromText(String(frame["root"])), size: Number(frame["invitations"]), index: proofs.invitation.index };
  const mine = await sha256(utf8(`espi/invite/v1\0${told.round}\0${stratum}\0${code}`));
  insist(await includes(place, await leafHash(mine), proofs.invitation.proof.map(fromText)));
  return suitable(jwkOf(fromText(String(entry["key"]))));
}

async function proved(anchor: Anchor, given: Proved, kind: string, index: number): Promise<Record<string, unknown>> {
  const place = { root: anchor.root, size: anchor.size, index: given.index };
  const leaf = await leafHash(utf8(given.entry));
  insist(given.index === index && (await includes(place, leaf, given.proof.map(fromText))));
  const [head, body] = [given.entry.slice(0, kind.length + 1), given.entry.slice(kind.length + 1)];
  insist(head === `${kind}\n`);
  return JSON.parse(body) as Record<string, unknown>;
}

/** Reads the one form in which this protocol writes RSA keys; any other is refused. */
export function jwkOf(der: Bytes): PublicJwk {
  const [head, end] = [fromHex(SPKI), fromHex(EXPONENT)];
  const whole = head.length + 384 + end.length;
  insist(der.length === whole && same(der.slice(0, head.length), head) && same(der.slice(head.length + 384), end));
  return { kty: "RSA", n: toText(der.slice(head.length, head.length + 384)), e: "AQAB" };
}

function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function insist(right: boolean): void {
  if (!right) throw new NotPublished();
}
