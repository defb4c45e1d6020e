/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { fitOf } from "./fit.ts";

Deno.test("a picture is cropped only as far as its people stay in it, whatever its shape", () => {
  const [upright, classic, wide, square] = [9 / 16, 4 / 3, 16 / 9, 1];
  for (const box of [16 / 9, 4 / 3, 1.2, 1]) equal(fitOf(upright, box), "contain", `upright in ${box}`);
  equal(fitOf(upright, 0.7), "cover");
  equal(fitOf(classic, wide), "cover");
  equal(fitOf(square, wide), "contain");
  equal(fitOf(wide, 3 / 4), "cover");
  equal(fitOf(wide, upright), "contain");
  equal(fitOf(21 / 9, 3 / 4), "contain");
});
