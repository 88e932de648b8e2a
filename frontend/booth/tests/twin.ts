/**
 * Answers tests/anonymity/test_browser.py: the booth's protocol, deed by deed, in hexadecimal. The oracle
 * is another implementation of the same standard, never part of a bundle.
 */

import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

import { blind, finalize, suitable, verify, type PublicJwk } from "../src/protocol/blindrsa";
import { fromText, toText, utf8, type Bytes } from "../src/protocol/bytes";
import { checkInvitation, jwkOf, type Anchor, type Proofs, type Told } from "../src/protocol/directory";
import { info, message, normaliseCode, pad, receipt } from "../src/protocol/encoding";
import { seal } from "../src/protocol/sealing";
import { codeIn } from "../src/typed";

type Asked = Record<string, string> & { jwk: PublicJwk & JsonWebKey };

const DEEDS: Record<string, (asked: Asked) => Promise<unknown> | unknown> = {
  suitable: ({ jwk }) => suitable(jwk).kty,
  async blind({ jwk, prepared, salt, r }) {
    const given = salt && r ? { salt: bytes(salt), r: BigInt(`0x${r}`) } : undefined;
    const made = await blind(jwk, bytes(prepared), given);
    return [hex(made.blinded), hex(made.inverse)];
  },
  finalize: async ({ jwk, prepared, answer, inverse }) =>
    hex(await finalize(jwk, bytes(prepared), bytes(answer), bytes(inverse))),
  verify: ({ jwk, prepared, signature }) => verify(jwk, bytes(prepared), bytes(signature)),
  seal: async ({ jwk, round, stratum, plaintext }) =>
    hex(await seal(jwk, round ?? "", stratum ?? "", bytes(plaintext))),
  encode: async ({ round, stratum, envelope }) => [
    hex(info(round ?? "", stratum ?? "")),
    hex(await message(round ?? "", stratum ?? "", bytes(envelope))),
    await receipt(bytes(envelope)),
  ],
  pad: ({ plaintext }) => hex(pad(bytes(plaintext))),
  text: ({ data }) => [toText(bytes(data)), hex(fromText(toText(bytes(data))))],
  codeIn: ({ text }) => codeIn(text ?? ""),
  normalise: ({ text }) => normaliseCode(text ?? ""),
  oracleBlind: ({ jwk, prepared, salt, r }) => withDraws([salt, r], async () => {
    const made = await oracle.blind(await oracleKey(jwk), bytes(prepared));
    return [hex(made.blindedMsg), hex(made.inv)];
  }),
  oracleFinalize: async ({ jwk, prepared, answer, inverse }) =>
    hex(await oracle.finalize(await oracleKey(jwk), bytes(prepared), bytes(answer), bytes(inverse))),
  hpkeOpen,
  key: ({ der }) => jwkOf(bytes(der)).n,
  directory: async (asked) => (await checkInvitation(...(await directory(asked)))).n,
};

type Invited = { code: string; stratum: string; proofs: Proofs };

/** What the page holds, what it was told, and what an invitation came with. */
async function directory(asked: Asked): Promise<[Anchor, Told, Invited]> {
  const given = asked as unknown as { root: string; size: number; told: Told; given: Invited };
  return [{ root: bytes(given.root), size: given.size }, given.told, given.given];
}

const oracle = RSABSSA.SHA384.PSS.Randomized();

function oracleKey(jwk: JsonWebKey): Promise<CryptoKey> {
  const scheme = { name: "RSA-PSS", hash: "SHA-384" };
  return crypto.subtle.importKey("jwk", { ...jwk, ext: true }, scheme, true, ["verify"]);
}

/** Lets the oracle draw given bytes instead of random ones, so that both can be compared. */
async function withDraws<T>(draws: (string | undefined)[], deed: () => Promise<T>): Promise<T> {
  const before = crypto.getRandomValues;
  const next = (target: Uint8Array) => (target.set(bytes(draws.shift())), target);
  Object.defineProperty(crypto, "getRandomValues", { value: next, configurable: true });
  try {
    return await deed();
  } finally {
    Object.defineProperty(crypto, "getRandomValues", { value: before, configurable: true });
  }
}

/** The library that seals, opening a published ciphertext. */
async function hpkeOpen({ jwk, enc, info: bound, aad, ct }: Asked): Promise<string> {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const recipientKey = await suite.kem.importKey("jwk", jwk, false);
  const context = { recipientKey, enc: bytes(enc).buffer, info: bytes(bound).buffer };
  const recipient = await suite.createRecipientContext(context);
  return hex(new Uint8Array(await recipient.open(bytes(ct).buffer, bytes(aad).buffer)));
}

/** One answer per question; a refusal is named by its class. */
export async function answers(questions: Asked[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const asked of questions) {
    const deed = DEEDS[asked.deed ?? ""];
    try {
      found.push(deed ? await deed(asked) : { refused: "unknown deed" });
    } catch (error) {
      found.push({ refused: (error as Error).constructor.name });
    }
  }
  return found;
}

/** Median milliseconds of what a respondent's device does between Send and the drop, and the first. */
export async function speed(asked: Asked): Promise<Record<string, number[]>> {
  const { jwk, election } = asked as unknown as { jwk: PublicJwk; election: JsonWebKey };
  const prepared = bytes(asked.prepared);
  return {
    seal: await time(() => seal(election, "2026", "a.internal", utf8("x".repeat(4000)))),
    blind: await time(() => blind(jwk, prepared)),
    finalize: await time(() => finalize(jwk, prepared, bytes(asked.answer), bytes(asked.inverse))),
  };
}

async function time(deed: () => Promise<unknown>): Promise<number[]> {
  const spent: number[] = [];
  for (let n = 0; n < 50; n++) {
    const start = performance.now();
    await deed();
    spent.push(performance.now() - start);
  }
  const first = spent[0] ?? 0;
  return [first, spent.sort((a, b) => a - b)[25] ?? 0];
}

function bytes(text: string | undefined): Bytes {
  return Uint8Array.from((text ?? "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
