/// <reference lib="deno.ns" />
import { ok } from "node:assert/strict";
import { accentTokens, contrast } from "./branding.ts";

Deno.test("whatever colour an organisation has, its buttons and links are legible", () => {
  for (const accent of ["#ffff00", "#000000", "#ffffff", "#1f5e4a", "#e30613", "#0000ff", "#808080"]) {
    const tokens = accentTokens(accent);
    const of = (name: keyof typeof tokens) =>
      /\((#.{6}), (#.{6})\)/.exec(tokens[name])!.slice(1) as [string, string];
    const [light, dark] = of("--accent");
    const [onLight, onDark] = of("--on-accent");
    for (
      const [ink, paper] of [
        [light, "#faf7f2"],
        [light, "#ffffff"],
        [dark, "#221e1a"],
        [dark, "#171412"],
        [onLight, light],
        [onDark, dark],
      ] as const
    ) {
      ok(contrast(ink, paper) >= 4.5, `${accent}: ${ink} on ${paper}: ${contrast(ink, paper)}`);
    }
  }
});
