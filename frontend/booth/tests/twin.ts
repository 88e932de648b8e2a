/**
 * Answers tests/anonymity/test_browser.py: one operation of the booth's protocol per question, in hexadecimal. The
 * oracle is another implementation of the same standard, never part of a bundle.
 */

import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

import { blind, finalize, suitable, verify, type PublicJwk } from "../src/protocol/blindrsa";
import { fromText, toText, utf8, type Bytes } from "../src/protocol/bytes";
import { checkInvitation, jwkOf, type Anchor, type Proofs, type WaveConfig } from "../src/protocol/directory";
import { info, message, normaliseCode, pad, receipt } from "../src/protocol/encoding";
import { seal } from "../src/protocol/sealing";
import type { Invitation } from "../src/api";
import { check, type Answers, type Instrument } from "../src/questionnaire";
import { namedService, sealedService, subject, withoutService, withService } from "../src/service";
import { codeIn } from "../src/typed";

type Question = Record<string, string> & { jwk: PublicJwk & JsonWebKey };

const OPERATIONS: Record<string, (asked: Question) => Promise<unknown> | unknown> = {
  suitable: ({ jwk }) => suitable(jwk).kty,
  async blind({ jwk, prepared, salt, r }) {
    const vector = salt && r ? { salt: bytes(salt), r: BigInt(`0x${r}`) } : undefined;
    const { blinded, inverse } = await blind(jwk, bytes(prepared), vector);
    return [hex(blinded), hex(inverse)];
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
  oracleBlind: ({ jwk, prepared, salt, r }) =>
    withDraws([salt, r], async () => {
      const { blindedMsg, inv } = await oracle.blind(await oracleKey(jwk), bytes(prepared));
      return [hex(blindedMsg), hex(inv)];
    }),
  oracleFinalize: async ({ jwk, prepared, answer, inverse }) =>
    hex(await oracle.finalize(await oracleKey(jwk), bytes(prepared), bytes(answer), bytes(inverse))),
  hpkeOpen,
  service,
  key: ({ der }) => jwkOf(bytes(der)).n,
  directory: async (question) => (await checkInvitation(...(await directory(question)))).n,
};

/** The question about the service before a questionnaire of no sections, and what becomes of answers to it. */
function service(question: Question): unknown {
  const { invitation, given } = question as unknown as { invitation: Invitation; given: Answers };
  const bare: Instrument = { code: "", group: "", version: "", title: { id: "", en: "" }, minutes: 0, sections: [] };
  const asked = withService(bare, invitation);
  const checked = check(asked, given);
  return {
    sections: asked.sections,
    named: namedService(invitation),
    sealed: sealedService(invitation, checked.answers),
    rest: withoutService(given),
    unanswered: checked.unanswered,
    subject: subject(invitation, given),
  };
}

type Invited = { code: string; stratum: string; proofs: Proofs };

/** The page's root, the wave's configuration, and an invitation, as `checkInvitation` takes them. */
async function directory(question: Question): Promise<[Anchor, WaveConfig, Invited]> {
  const { root, size, config, invitation } = question as unknown as {
    root: string;
    size: number;
    config: WaveConfig;
    invitation: Invited;
  };
  return [{ root: bytes(root), size }, config, invitation];
}

const oracle = RSABSSA.SHA384.PSS.Randomized();

function oracleKey(jwk: JsonWebKey): Promise<CryptoKey> {
  const scheme = { name: "RSA-PSS", hash: "SHA-384" };
  return crypto.subtle.importKey("jwk", { ...jwk, ext: true }, scheme, true, ["verify"]);
}

/** Lets the oracle draw given bytes instead of random ones, so that both can be compared. */
async function withDraws<T>(draws: (string | undefined)[], run: () => Promise<T>): Promise<T> {
  const before = crypto.getRandomValues;
  const next = (target: Uint8Array) => (target.set(bytes(draws.shift())), target);
  Object.defineProperty(crypto, "getRandomValues", { value: next, configurable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(crypto, "getRandomValues", { value: before, configurable: true });
  }
}

/** The library that seals, opening a published ciphertext. */
async function hpkeOpen({ jwk, enc, info: bound, aad, ct }: Question): Promise<string> {
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
export async function answers(questions: Question[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const question of questions) {
    const operation = OPERATIONS[question.operation ?? ""];
    try {
      results.push(operation ? await operation(question) : { refused: "unknown operation" });
    } catch (error) {
      results.push({ refused: (error as Error).constructor.name });
    }
  }
  return results;
}

/** Milliseconds of what a respondent's device does between "send" and the box: of the first time, and the median. */
export async function speed(question: Question): Promise<Record<string, number[]>> {
  const { jwk, election } = question as unknown as { jwk: PublicJwk; election: JsonWebKey };
  const prepared = bytes(question.prepared);
  return {
    seal: await time(() => seal(election, "2026", "a.internal", utf8("x".repeat(4000)))),
    blind: await time(() => blind(jwk, prepared)),
    finalize: await time(() => finalize(jwk, prepared, bytes(question.answer), bytes(question.inverse))),
  };
}

async function time(run: () => Promise<unknown>): Promise<number[]> {
  const spent: number[] = [];
  for (let n = 0; n < 50; n++) {
    const start = performance.now();
    await run();
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
