/**
 * The practice copy: the same booth without an invitation. It seals for real and sends nothing, so whoever shows a
 * screen, or the code on it, shows nothing that anybody could not have made.
 */

import { readInstrument, type Config, type Invitation } from "./api";
import { h, show } from "./dom";
import { random, toText, utf8 } from "./protocol/bytes";
import { receipt } from "./protocol/encoding";
import { seal } from "./protocol/sealing";
import type { Answers, Instrument } from "./questionnaire";
import { say, type Language } from "./strings";

export const isPractice = (): boolean => /^(\/en)?\/latihan\/?$/.test(location.pathname);

/** Lets the visitor choose a questionnaire, and hands it over with an invitation that belongs to nobody. */
export function practiceLanding(
  config: Config,
  language: Language,
  begin: (invitation: Invitation, instrument: Instrument) => void,
): void {
  const choose = async (group: string, digest: string) =>
    begin(nobody(config, group, digest), await readInstrument(digest));
  const choices = config.practice.map(({ group, digest, title }) =>
    h("button", { type: "button", class: "secondary", click: () => void choose(group, digest) }, title[language]),
  );
  show(
    say(language, "practice.heading"),
    h("h1", {}, say(language, "practice.heading")),
    h("p", {}, say(language, "practice.text")),
    h("div", { class: "buttons" }, ...choices),
  );
}

function nobody(config: Config, group: string, digest: string): Invitation {
  const nothing = { index: 0, entry: "", proof: [] };
  return {
    state: "open",
    round: config.round,
    group,
    unit: "",
    language: "id",
    channel: "sample",
    agency: { code: "contoh", name: "Instansi Contoh" },
    stratum: `contoh.${group}`,
    key_stratum: `contoh.${group}`,
    instrument: { digest },
    proofs: { stratum: nothing, frame: nothing, invitation: { index: 0, size: 0, proof: [] } },
  };
}

/** Seals practice answers for real and throws them away; returns a check code like any other. */
export async function practise(config: Config, invitation: Invitation, answers: Answers): Promise<string> {
  const plain = utf8(JSON.stringify({ practice: toText(random(16)), answers }));
  return receipt(await seal(config.election_key, config.round, invitation.key_stratum, plain));
}
