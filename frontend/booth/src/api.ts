/** What the booth asks of the registry, the box and its own files. */

import type { Proofs, Proved } from "./protocol/directory";
import type { Instrument } from "./questionnaire";
import type { Text } from "./strings";

export interface Config {
  readonly registry: string;
  readonly box: string;
  readonly public: string;
  readonly round: string;
  readonly level: string;
  readonly election_key: JsonWebKey;
  readonly rehearsal: boolean;
  readonly title: Text;
  readonly closes_on: string;
  readonly sender: string;
  readonly round_entry: Proved;
  readonly practice: readonly { readonly group: string; readonly digest: string; readonly title: Text }[];
}

export interface Invitation {
  readonly state: "open" | "finished" | "expired" | "closed" | "stopped";
  readonly round: string;
  readonly agency: { readonly code: string; readonly name: string };
  readonly group: string;
  readonly stratum: string;
  readonly unit: string;
  readonly channel: string;
  readonly key_stratum: string;
  readonly proofs: Proofs;
  readonly instrument: { readonly digest: string };
  readonly language: string;
}

/** The other side understood and refused; `message` is a sentence in both languages. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly told: Text | null,
  ) {
    super(code);
  }
}

const LASTING = ["closed", "stopped", "already_used", "unknown_code"];

/** Says whether a refusal is the last word: nothing that comes later makes this code or envelope good. */
export const isLasting = (trouble: unknown): trouble is Refused =>
  trouble instanceof Refused && LASTING.includes(trouble.code);

/** Nobody answered, or not in time: nothing is known of what happened. */
export class Unreachable extends Error {}

const PATIENCE = 20_000; // milliseconds

export const readConfig = (): Promise<Config> => get("/config.json");
export const readInstrument = (digest: string): Promise<Instrument> =>
  get(`/instruments/${encodeURIComponent(digest)}.json`);

export const findInvitation = (config: Config, code: string): Promise<Invitation> =>
  post(`${config.registry}/v1/invitation`, { code });

export const askSignature = (
  config: Config,
  code: string,
  blinded: string,
): Promise<{ signature: string }> => post(`${config.registry}/v1/ticket`, { code, blinded });

export const dropBallot = (
  config: Config,
  ballot: { stratum: string; c: string; prep: string; sig: string },
): Promise<{ receipt: string }> => post(`${config.box}/v1/ballots`, ballot);

function get<T>(address: string): Promise<T> {
  return call<T>(address, { credentials: "omit" });
}

/** Text, not JSON, so that the browser asks nothing beforehand; no cookie, no referrer. */
function post<T>(address: string, content: unknown): Promise<T> {
  return call<T>(address, {
    method: "POST",
    body: JSON.stringify(content),
    headers: { "Content-Type": "text/plain" },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
  });
}

async function call<T>(address: string, request: RequestInit): Promise<T> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  let response: Response;
  let content: unknown;
  try {
    response = await fetch(address, { ...request, signal: patience.signal });
    content = await response.json();
  } catch {
    throw new Unreachable(address);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return content as T;
  const refusal = content as { error?: string; message?: Text };
  throw new Refused(response.status, refusal.error ?? "refused", refusal.message ?? null);
}
