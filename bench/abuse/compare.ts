import { quantile } from "../statistics.ts";

/** What other clients notice. */
export const NOTICED = ["join", "chat", "signIn", "media"] as const;
export type Noticed = (typeof NOTICED)[number];

/** Duration of each action, ms. */
export type Samples = Readonly<Record<Noticed, number[]>>;

/** 95th percentiles without and with a flood, ms, and the ratio of the second to the first. */
export interface Compared {
  readonly quietP95Ms: number;
  readonly floodP95Ms: number;
  readonly ratio: number;
}

/** Peak resident memory with the flood relative to that before it, of an edge and of a media node. */
export interface Memory {
  readonly edgeRssRatio: number;
  readonly nodeRssRatio: number;
}

export type Figures = Readonly<Record<Noticed, Compared>> & Memory;

export function makeSamples(): Samples {
  return { join: [], chat: [], signIn: [], media: [] };
}

/** Compares the 95th percentiles. NaN if nothing was measured. */
export function compare(quiet: Samples, flood: Samples): Record<Noticed, Compared> {
  return Object.fromEntries(NOTICED.map((name) => {
    const [quietP95Ms, floodP95Ms] = [quiet[name], flood[name]].map((some) => quantile(some, 0.95));
    return [name, {
      quietP95Ms: round(quietP95Ms!),
      floodP95Ms: round(floodP95Ms!),
      ratio: round(floodP95Ms! / quietP95Ms!),
    }];
  })) as Record<Noticed, Compared>;
}

/** The largest ratio of any attack among what other clients notice; NaN if one of them is NaN. */
export function worstRatio(figures: Readonly<Record<string, Figures>>): number {
  return Math.max(
    ...Object.values(figures).flatMap((of) => NOTICED.map((name) => of[name].ratio)),
  );
}

/** Rounds to four significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
