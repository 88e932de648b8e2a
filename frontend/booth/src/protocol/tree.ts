/** Merkle trees: proofs that something is included. docs/protocol/record.md, P11. */

import { concat, sha256, type Bytes } from "./bytes";

export const leafHash = (data: Bytes): Promise<Bytes> => sha256(concat(Uint8Array.of(0), data));
const nodeHash = (left: Bytes, right: Bytes) => sha256(concat(Uint8Array.of(1), left, right));

/** Where a leaf stands in a tree of `size` leaves under `root`. */
export interface LeafPosition {
  readonly root: Bytes;
  readonly size: number;
  readonly index: number;
}

/** Whether a proof shows that a leaf hash stands at its position in a tree: RFC 9162, section 2.1.3.2. */
export async function isIncluded(
  { root, size, index }: LeafPosition,
  leaf: Bytes,
  proof: readonly Bytes[],
): Promise<boolean> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let [at, last, value] = [index, size - 1, leaf];
  for (const neighbour of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      value = await nodeHash(neighbour, value);
      while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)];
    } else {
      value = await nodeHash(value, neighbour);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(value, root);
}

const half = (n: number) => Math.floor(n / 2);

export function same(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
