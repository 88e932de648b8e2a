/** The questionnaire and its routing: the same result as espi.instrument.validation. */

import type { Text } from "./strings";

export interface Option {
  readonly value: string;
  readonly label: Text;
  readonly missing: boolean;
}

export interface Item {
  readonly code: string;
  readonly text: Text;
  readonly options: readonly Option[];
  readonly required: boolean;
  readonly only_if: { readonly item: string; readonly values: readonly string[] } | null;
}

export interface Section {
  readonly code: string;
  readonly title: Text;
  readonly intro: Text | null;
  readonly items: readonly Item[];
}

export interface Instrument {
  readonly code: string;
  readonly group: string;
  readonly version: string;
  readonly title: Text;
  readonly minutes: number;
  readonly sections: readonly Section[];
}

export type Answers = Record<string, string>;

export interface Checked {
  readonly answers: Answers;
  readonly unanswered: string[];
  readonly unknown: string[];
}

/** Says whether an item is asked, given the answers before it. */
export function applies(item: Item, answers: Answers): boolean {
  const condition = item.only_if;
  if (condition === null) return true;
  const answer = answers[condition.item];
  return answer !== undefined && condition.values.includes(answer);
}

/** Follows the routing and keeps what applies; answers to items not asked are dropped. */
export function check(instrument: Instrument, answers: Answers): Checked {
  const applicable: Answers = {};
  const unanswered: string[] = [];
  const unknown: string[] = [];
  const known = new Set<string>();
  for (const item of instrument.sections.flatMap((section) => section.items)) {
    known.add(item.code);
    if (!applies(item, applicable)) continue;
    const value = answers[item.code];
    if (value === undefined || value === "") {
      if (item.required) unanswered.push(item.code);
    } else if (item.options.some((option) => option.value === value)) {
      applicable[item.code] = value;
    } else {
      unknown.push(item.code);
    }
  }
  unknown.push(
    ...Object.keys(answers)
      .filter((code) => !known.has(code))
      .sort(),
  );
  return { answers: applicable, unanswered, unknown };
}
