/**
 * The practice copy: the same booth without an invitation. It seals answers and sends nothing. Anybody can make such a
 * screen and such a code, so that showing one to a superior proves nothing.
 */

import { readInstrument, type Config, type Invitation } from "./api";
import { h, show } from "./dom";
import { random, toText, utf8 } from "./protocol/bytes";
import { receipt } from "./protocol/encoding";
import { seal } from "./protocol/sealing";
import type { Answers, Instrument } from "./questionnaire";
import { withService } from "./service";
import { both, say, type Language } from "./strings";

export const isPractice = (): boolean => /^(\/en)?\/latihan\/?$/.test(location.pathname);

/** Shows the questionnaires to choose from; `begin` gets the chosen one, with an invitation of nobody. */
export function practiceLanding(
  config: Config,
  language: Language,
  begin: (invitation: Invitation, instrument: Instrument) => void,
): void {
  const choose = async (group: string, digest: string) => {
    const invitation = practiceInvitation(config, group, digest);
    begin(invitation, withService(await readInstrument(digest), invitation));
  };
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

/** An invitation to a fictional agency; it has no proofs, because nothing is sent with it. */
function practiceInvitation(config: Config, group: string, digest: string): Invitation {
  const nothing = { index: 0, entry: "", proof: [] };
  const name = both(group === "internal" ? "practice.unit" : "practice.service");
  return {
    state: "open",
    round: config.round,
    group,
    unit: "",
    service: "",
    services: group === "expert" ? [] : [{ code: "contoh", name }],
    categories: [{ code: "other", name: both("practice.other") }],
    language: "id",
    channel: "sample",
    agency: { code: "contoh", name: "Instansi Contoh" },
    stratum: `contoh.${group}`,
    key_stratum: `contoh.${group}`,
    instrument: { digest },
    proofs: { stratum: nothing, frame: nothing, invitation: { index: 0, size: 0, proof: [] } },
  };
}

/** Seals practice answers and throws them away; returns a ballot check code that looks like any other. */
export async function practise(config: Config, invitation: Invitation, answers: Answers): Promise<string> {
  const plain = utf8(JSON.stringify({ practice: toText(random(16)), answers }));
  return receipt(await seal(config.election_key, config.round, invitation.key_stratum, plain));
}
