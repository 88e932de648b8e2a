/** What is signed and what is sealed, to the byte: docs/protocol/v1.md, P2 to P4. */

import { base32, concat, sha256, utf8, type Bytes } from "./bytes";

export const BLOCK = 8192;

export function info(round: string, stratum: string): Bytes {
  return utf8(`espi/v1|${round}|${stratum}`);
}

export async function message(round: string, stratum: string, envelope: Bytes): Promise<Bytes> {
  const head = utf8(`espi/ballot/v1\0${round}\0${stratum}\0`);
  return sha256(concat(head, await sha256(envelope)));
}

export function pad(plaintext: Bytes): Bytes {
  if (plaintext.length >= BLOCK) throw new RangeError("the answers do not fit one block");
  const block = new Uint8Array(BLOCK);
  block.set(plaintext);
  block[plaintext.length] = 0x80;
  return block;
}

export async function receipt(envelope: Bytes): Promise<string> {
  return base32(await sha256(envelope), 16).toUpperCase();
}

const CODE = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** The code as it was issued, whatever look-alikes it was typed with; null if it cannot be one. */
export function normaliseCode(text: string): string | null {
  const code = text.replace(/[\s-]/g, "").toLowerCase().replace(/o/g, "0").replace(/[il]/g, "1");
  return CODE.test(code) ? code : null;
}
