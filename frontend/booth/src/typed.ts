/** Reads a personal code in whatever form it was typed or pasted: the same rules as espi.anonymity.typed_codes. */

import { normaliseCode } from "./protocol/encoding";

const LONGEST = 2000; // characters looked at; links that mail filters have rewritten are long
const IN_A_LINK = /#([0-9a-z]{26})(?![0-9a-z])/i;

/**
 * Returns the code in a text: the bare code, the link of a message, or a link that a mail filter has altered; null if
 * there is none.
 */
export function codeIn(text: string): string | null {
  const plain = withPlainSigns(text.slice(0, LONGEST));
  const linked = IN_A_LINK.exec(plain)?.[1];
  if (linked) return normaliseCode(linked);
  const last = plain.split(/[#/]/).pop() ?? "";
  const bare = (last.split(/[?&]/)[0] ?? "").replace(/^[^0-9a-z]+|[^0-9a-z]+$/gi, "");
  return normaliseCode(bare);
}

/**
 * Where the "#" before the code arrived as "%23", the code stands in the path: puts it behind "#" again, so that it is
 * sent to no server with a later request, and returns the code of the address, if there is one.
 */
export function codeOfAddress(): string | null {
  const path = decoded(location.pathname);
  const at = path.indexOf("#");
  if (at >= 0) history.replaceState(null, "", `${path.slice(0, at)}${location.search}${path.slice(at)}`);
  return codeIn(location.hash);
}

/** Writes compatible letters, invisible signs and all dashes as ASCII has them: phones put them into typed text. */
function withPlainSigns(text: string): string {
  return decoded(text)
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-");
}

/** Decodes twice, because filters make "%2523" of "%23"; what is not an escape stays as it is. */
function decoded(text: string): string {
  const decodeOnce = (escapedText: string) =>
    escapedText.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
      try {
        return decodeURIComponent(escaped);
      } catch {
        return escaped;
      }
    });
  return decodeOnce(decodeOnce(text));
}
