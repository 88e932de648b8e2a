/** RSABSSA-SHA384-PSS-Randomized, RFC 9474. The secret here is only the blinding factor. */

import { concat, fromText, random, sha384, type Bytes } from "./bytes";

const HASH = 48; // bytes of SHA-384, and of the salt

export interface PublicJwk {
  readonly kty: string;
  readonly n: string;
  readonly e: string;
}

export interface Blinded {
  readonly blinded: Bytes;
  readonly inverse: Bytes;
}

export class InvalidSignature extends Error {}

/** The key is not one of protocol version 1, or was made to tell people apart: nothing is sent. */
export class UnsuitableKey extends Error {}

/** RSA-3072 with exponent 65537 and nothing else, so that a signer cannot choose a weak key. */
export function suitable(key: PublicJwk): PublicJwk {
  const isSuitable = key.kty === "RSA" && key.e === "AQAB" && bitLength(toInteger(fromText(key.n))) === 3072;
  if (!isSuitable) throw new UnsuitableKey();
  return key;
}

/** Blinds a message; the tests of the standard give salt and factor, everybody else lets both be drawn. */
export async function blind(key: PublicJwk, prepared: Bytes, vector?: { salt: Bytes; r: bigint }): Promise<Blinded> {
  const n = toInteger(fromText(key.n));
  const e = toInteger(fromText(key.e));
  const size = fromText(key.n).length;
  const salt = vector?.salt ?? random(HASH);
  const m = toInteger(await emsaPss(prepared, salt, bitLength(n) - 1));
  // What m shares with n would survive blinding: a modulus made of small primes could sort people.
  if (invert(m, n) === null) throw new UnsuitableKey();
  for (;;) {
    // 16 bytes more than n has: the remainder is then as good as uniform.
    const r = vector?.r ?? toInteger(random(size + 16)) % n;
    const inverse = r > 1n ? invert(r, n) : null;
    if (inverse === null) continue;
    return {
      blinded: toBytes((m * power(r, e, n)) % n, size),
      inverse: toBytes(inverse, size),
    };
  }
}

/** Unblinds the signer's answer and verifies it; nothing may be sent unless this returns. */
export async function finalize(key: PublicJwk, prepared: Bytes, blindSignature: Bytes, inverse: Bytes): Promise<Bytes> {
  const n = toInteger(fromText(key.n));
  const size = fromText(key.n).length;
  if (blindSignature.length !== size) throw new InvalidSignature();
  const signature = toBytes((toInteger(blindSignature) * toInteger(inverse)) % n, size);
  if (!(await verify(key, prepared, signature))) throw new InvalidSignature();
  return signature;
}

export async function verify(key: PublicJwk, prepared: Bytes, signature: Bytes): Promise<boolean> {
  const scheme = { name: "RSA-PSS", hash: "SHA-384" };
  const jwk = { kty: key.kty, n: key.n, e: key.e, alg: "PS384", ext: true };
  const imported = await crypto.subtle.importKey("jwk", jwk, scheme, false, ["verify"]);
  return crypto.subtle.verify({ name: "RSA-PSS", saltLength: HASH }, imported, signature, prepared);
}

async function emsaPss(text: Bytes, salt: Bytes, bits: number): Promise<Bytes> {
  const length = Math.ceil(bits / 8);
  const digest = await sha384(concat(new Uint8Array(8), await sha384(text), salt));
  const filler = new Uint8Array(length - salt.length - HASH - 2);
  const block = concat(filler, Uint8Array.of(1), salt);
  const mask = await mgf1(digest, block.length);
  const masked = block.map((byte, at) => byte ^ (mask[at] ?? 0));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * length - bits));
  return concat(masked, digest, Uint8Array.of(0xbc));
}

async function mgf1(seed: Bytes, length: number): Promise<Bytes> {
  const blocks: Bytes[] = [];
  for (let n = 0; n * HASH < length; n++) {
    blocks.push(await sha384(concat(seed, Uint8Array.of(0, 0, n >> 8, n & 255))));
  }
  return concat(...blocks).slice(0, length);
}

function toInteger(data: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of data) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

function toBytes(value: bigint, size: number): Bytes {
  const hex = value.toString(16).padStart(2 * size, "0");
  return Uint8Array.from({ length: size }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

function bitLength(n: bigint): number {
  return n.toString(2).length;
}

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  for (let square = base % n, e = exponent; e > 0n; e >>= 1n, square = (square * square) % n) {
    if (e & 1n) result = (result * square) % n;
  }
  return result;
}

function invert(value: bigint, n: bigint): bigint | null {
  let [a, b, x, y] = [value, n, 1n, 0n];
  while (b > 0n) {
    const q = a / b;
    [a, b] = [b, a - q * b];
    [x, y] = [y, x - q * y];
  }
  return a === 1n ? ((x % n) + n) % n : null;
}
