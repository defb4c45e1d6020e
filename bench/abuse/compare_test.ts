import assert from "node:assert/strict";
import { compare, type Figures, makeSamples, worstRatio } from "./compare.ts";

const figuresWith = (signInMs: number, edgeRssRatio = 1): Figures => {
  const quiet = { join: [10], chat: [10], signIn: [10], media: [10] };
  return { ...compare(quiet, { ...quiet, signIn: [signInMs] }), edgeRssRatio, nodeRssRatio: 1 };
};

Deno.test("the effect of a flood is the ratio of the 95th percentiles", () => {
  const hundred = Array.from({ length: 101 }, (_, n) => n);
  const quiet = { ...makeSamples(), join: hundred, chat: hundred, signIn: [1], media: [3] };
  const flood = {
    ...makeSamples(),
    join: hundred.map((ms) => ms * 2),
    chat: hundred,
    signIn: [1],
    media: [4],
  };
  const compared = compare(quiet, flood);
  assert.deepEqual(compared.join, { quietP95Ms: 95, floodP95Ms: 190, ratio: 2 });
  assert.equal(compared.chat.ratio, 1);
  assert.equal(compared.media.ratio, 1.333);
});

Deno.test("the worst ratio is the largest of any attack, of durations only", () => {
  assert.equal(worstRatio({ bodies: figuresWith(12), mails: figuresWith(17, 9) }), 1.7);
});

Deno.test("a missing measurement does not count as success", () => {
  assert.ok(Number.isNaN(worstRatio({ bodies: figuresWith(12), mails: figuresWith(NaN) })));
});
