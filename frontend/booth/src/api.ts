/** Requests to the registry, to the box, and for the booth's own files. */

import type { ProvedEntry, Proofs } from "./protocol/directory";
import type { Instrument } from "./questionnaire";
import type { Text } from "./strings";

/** config.json: the same for everybody; names as in the file. */
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
  readonly round_entry: ProvedEntry;
  readonly practice: readonly {
    readonly group: string;
    readonly digest: string;
    readonly title: Text;
  }[];
}

/** A service or a category of services. */
export interface Named {
  readonly code: string;
  readonly name: Text;
}

/** What the registry answers about a code. */
export interface Invitation {
  readonly state: "open" | "finished" | "expired" | "closed" | "stopped";
  readonly round: string;
  readonly agency: { readonly code: string; readonly name: string };
  readonly group: string;
  readonly stratum: string;
  readonly unit: string;
  /** The service, or unit, that the list named; empty where it named none. */
  readonly service: string;
  /** What this agency can be rated on; empty where the wave has no register of services. */
  readonly services: readonly Named[];
  /** What a service that is none of these can be about. */
  readonly categories: readonly Named[];
  readonly channel: string;
  readonly key_stratum: string;
  readonly proofs: Proofs;
  readonly instrument: { readonly digest: string };
  readonly language: string;
}

/** Registry or box understood and refused; `sentence` is for the respondent, in both languages. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly sentence: Text | null,
  ) {
    super(code);
  }
}

const LASTING = ["closed", "stopped", "already_used", "unknown_code"];

/** Says whether an error is a refusal that no later try can change. */
export const isLasting = (error: unknown): error is Refused => error instanceof Refused && LASTING.includes(error.code);

/** No answer, or not in time: whether the request was carried out is not known. */
export class Unreachable extends Error {}

const PATIENCE = 20_000; // milliseconds; the relay waits 15 seconds for the box, the registry 10 for the signer

export const readConfig = (): Promise<Config> => get("/config.json");
export const readInstrument = (digest: string): Promise<Instrument> =>
  get(`/instruments/${encodeURIComponent(digest)}.json`);

export const findInvitation = (config: Config, code: string): Promise<Invitation> =>
  post(`${config.registry}/v1/invitation`, { code });

export const askSignature = (config: Config, code: string, blinded: string): Promise<{ signature: string }> =>
  post(`${config.registry}/v1/ticket`, { code, blinded });

export const submitBallot = (
  config: Config,
  ballot: { stratum: string; c: string; prep: string; sig: string },
): Promise<{ receipt: string }> => post(`${config.box}/v1/ballots`, ballot);

function get<T>(address: string): Promise<T> {
  return call<T>(address, { credentials: "omit" });
}

/** Posts JSON as plain text, so that the browser sends no preflight request; no cookie, no referrer. */
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
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE);
  let response: Response;
  let content: unknown;
  try {
    response = await fetch(address, { ...request, signal: controller.signal });
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
