import { quantile } from "../statistics.ts";

/** What somebody else notices. */
export const NOTICED = ["join", "chat", "signIn", "media"] as const;
export type Noticed = (typeof NOTICED)[number];

/** How long each took, ms. */
export type Samples = Readonly<Record<Noticed, number[]>>;

/** The slow end without and with a flood, ms, and the second as a multiple of the first. */
export interface Compared {
  readonly quietP95Ms: number;
  readonly floodP95Ms: number;
  readonly ratio: number;
}

/** Resident memory with the flood as a multiple of that before it: the most that was seen, of an edge and of a media node. */
export interface Memory {
  readonly edgeRssRatio: number;
  readonly nodeRssRatio: number;
}

export type Figures = Readonly<Record<Noticed, Compared>> & Memory;

export function makeSamples(): Samples {
  return { join: [], chat: [], signIn: [], media: [] };
}

/** Compares the slow ends. NaN where nothing was measured. */
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

/** The largest ratio of what somebody else notices of any attack; NaN where one of them is. */
export function worstRatio(figures: Readonly<Record<string, Figures>>): number {
  return Math.max(
    ...Object.values(figures).flatMap((of) => NOTICED.map((name) => of[name].ratio)),
  );
}

/** Four figures. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
