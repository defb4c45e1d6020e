/// <reference lib="deno.ns" />
import { deepEqual, equal, ok } from "node:assert/strict";
import { fitGrid } from "./grid.ts";

const DESKTOP = { width: 1400, height: 780, gap: 8 };
const PHONE = { width: 344, height: 600, gap: 8 };

Deno.test("few people share a wide stage side by side, a tall one below each other", () => {
  equal(fitGrid({ ...DESKTOP, count: 2 }).columns, 2);
  equal(fitGrid({ ...DESKTOP, count: 5 }).columns, 3);
  equal(fitGrid({ ...DESKTOP, count: 9 }).columns, 3);
  equal(fitGrid({ ...DESKTOP, count: 16 }).columns, 4);
  equal(fitGrid({ ...PHONE, count: 2 }).columns, 1);
  equal(fitGrid({ ...PHONE, count: 5 }).columns, 2);
});

Deno.test("whatever the number, all tiles that count as visible are on the stage and none overlap", () => {
  for (
    const stage of [DESKTOP, PHONE, { width: 300, height: 200, gap: 4 }, { width: 2500, height: 300, gap: 8 }]
  ) {
    for (let count = 1; count <= 120; count++) {
      const { columns, tileWidth, tileHeight, visible } = fitGrid({ ...stage, count });
      ok(tileWidth > 0 && tileHeight > 0, `${count} people`);
      ok(columns * tileWidth + (columns - 1) * stage.gap <= stage.width, `${count} people are too wide`);
      const rows = Math.ceil(visible / columns);
      ok(
        rows === 1 || rows * tileHeight + (rows - 1) * stage.gap <= stage.height,
        `${count} people are too high`,
      );
    }
  }
});

Deno.test("a phone has at most two columns, and scrolls", () => {
  const grid = fitGrid({ ...PHONE, count: 30 });
  equal(grid.columns, 2);
  ok(grid.visible < 30);
});

Deno.test("a tile is never narrower than a square or wider than a camera's picture", () => {
  for (let count = 1; count <= 30; count++) {
    const { tileWidth, tileHeight } = fitGrid({ ...DESKTOP, count });
    ok(tileWidth / tileHeight >= 0.98 && tileWidth / tileHeight <= 1.81, `${tileWidth} x ${tileHeight}`);
  }
});

Deno.test("a stage without people or without space does not fail", () => {
  equal(fitGrid({ ...DESKTOP, count: 0 }).visible, 0);
  equal(fitGrid({ width: 0, height: 0, gap: 8, count: 3 }).tileWidth, 0);
});

Deno.test("if most pictures are upright, tiles can be upright too", () => {
  const upright = fitGrid({ ...DESKTOP, count: 3, shapes: [9 / 16, 9 / 16, 16 / 9] });
  ok(upright.tileWidth / upright.tileHeight < 0.7, `${upright.tileWidth} x ${upright.tileHeight}`);
  const mixed = fitGrid({ ...DESKTOP, count: 3, shapes: [9 / 16, 4 / 3, 16 / 9] });
  deepEqual(mixed, fitGrid({ ...DESKTOP, count: 3 }));
  const absurd = fitGrid({ ...DESKTOP, count: 3, shapes: [0.01, 0.01, 0.01] });
  ok(absurd.tileWidth / absurd.tileHeight > 0.5);
});
