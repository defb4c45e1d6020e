/**
 * `deno task bench:choose [--record]`: how the choice of media nodes affects latency and the traffic between
 * nodes. A simulation: 10,000 people in meetings of 2 to 200 come and go, with nodes in 3, 5 and 8 German
 * cities; one node drains. The last line of standard output is one JSON object; `--record` writes
 * results/choose.json. The plain keys are the worst of the three.
 */
import { drawCrowd } from "./choose/crowd.ts";
import { REGIONS } from "./choose/geography.ts";
import { seededRandom } from "./choose/random.ts";
import { makeRandomRule, nearestOnly, oneNodePerRoom, ours } from "./choose/rules.ts";
import { type Figures, type Rule, simulate } from "./choose/simulation.ts";
import { record } from "./record.ts";

const PEOPLE = 10_000;
const REGION_COUNTS = [3, 5, 8];
const SEED = 20_261_123;

const rules: Readonly<Record<string, Rule>> = {
  ours,
  nearestOnly,
  oneNodePerRoom,
  random: makeRandomRule(seededRandom(SEED)),
};

/** Rounded to hundredths, for people to read. */
const rounded = (figures: Figures) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]));

const worlds = REGION_COUNTS.map((regions) => {
  const byRule = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const visits = drawCrowd(seededRandom(SEED), PEOPLE);
      return [name, simulate(rule, visits, REGIONS.slice(0, regions))];
    }),
  );
  const { ours: own, nearestOnly: nearest } = byRule as Record<"ours" | "nearestOnly", Figures>;
  return { regions, byRule, own, nearest, pipeShare: own.pipeMbps / nearest.pipeMbps };
});
for (const { regions, byRule } of worlds) {
  console.error(`${regions} regions`);
  console.table(
    Object.fromEntries(Object.entries(byRule).map(([name, figures]) => [name, rounded(figures)])),
  );
}
const worstRtt = worlds.toSorted((a, b) =>
  (b.own.p95RttMs - b.nearest.p95RttMs) - (a.own.p95RttMs - a.nearest.p95RttMs)
)[0]!;
const figures = {
  p95RttMs: Math.round(worstRtt.own.p95RttMs * 10) / 10,
  nearestP95RttMs: Math.round(worstRtt.nearest.p95RttMs * 10) / 10,
  pipeShareOfNearest: Math.round(Math.max(...worlds.map(({ pipeShare }) => pipeShare)) * 100) / 100,
  people: PEOPLE,
  worlds: worlds.map(({ regions, byRule }) => ({
    regions,
    ...Object.fromEntries(Object.entries(byRule).map(([name, one]) => [name, rounded(one)])),
  })),
};
if (Deno.args.includes("--record")) await record("choose", figures);
console.log(JSON.stringify(figures));
