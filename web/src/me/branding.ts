import type { Branding } from "@tafelrunde/protocol/http";
import { createSignal } from "solid-js";
import { get } from "../api/request.ts";

/** The public part of an organisation. */
interface PublicTenant {
  readonly name: string;
  readonly branding: Branding;
}

const [tenant, setTenant] = createSignal<PublicTenant>();

/** The organisation that these pages belong to, once known. */
export { tenant };

/** Loads the organisation once, and gives the pages its colour. */
export async function findTenant(): Promise<void> {
  if (tenant() !== undefined) return;
  const answer = await get<PublicTenant>("/v1/branding");
  if (!answer.ok) return;
  setTenant(answer.value);
  const { accent } = answer.value.branding;
  paint(accent);
  if (!canMix()) matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(accent));
}

/** Gives the pages an accent ("#1f5e4a"), in both themes; null: that of tokens.css. */
export function paint(accent: string | null): void {
  const { style } = document.documentElement;
  for (const [name, value] of Object.entries(accent === null ? NONE : accentTokens(accent))) {
    style.setProperty(name, value);
  }
}

/**
 * Light and dark backgrounds: of `--paper` and `--surface` of tokens.css, the one on which text is harder to
 * read.
 */
const PAPER = { light: "#faf7f2", dark: "#221e1a" } as const;

/** Least contrast of text. Source: WCAG 2.2, 1.4.3. */
const CONTRAST = 4.5;

const NONE = { "--accent": "", "--accent-strong": "", "--accent-soft": "", "--on-accent": "" };

/**
 * The tokens of an accent: darkened on a light background and lightened on a dark one as far as legibility
 * needs.
 */
export function accentTokens(accent: string): Record<keyof typeof NONE, string> {
  const light = readable(accent, PAPER.light, "#000000");
  const dark = readable(accent, PAPER.dark, "#ffffff");
  const both = (onLight: string, onDark: string) => {
    if (canMix()) return `light-dark(${onLight}, ${onDark})`;
    return isDark() ? onDark : onLight;
  };
  return {
    "--accent": both(light, dark),
    "--accent-strong": both(mix(light, "#000000", 0.2), mix(dark, "#ffffff", 0.2)),
    "--accent-soft": both(mix(light, PAPER.light, 0.88), mix(dark, PAPER.dark, 0.82)),
    "--on-accent": both("#ffffff", mix(dark, "#000000", 0.85)),
  };
}

/** Whether the browser supports light-dark(). Not before Chromium 123 and Safari 17.5. */
function canMix(): boolean {
  return globalThis.CSS?.supports("color", "light-dark(#000, #fff)") !== false;
}

function isDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** `colour`, mixed with `end` until it is legible on `paper`. */
function readable(colour: string, paper: string, end: string): string {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, end, share);
    if (contrast(mixed, paper) >= CONTRAST) return mixed;
  }
  return end;
}

/** Contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio". */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Source: WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Mixes `share` of `b` into `a`. */
function mix(a: string, b: string, share: number): string {
  const other = channels(b);
  const mixed = channels(a).map((channel, at) => Math.round(channel + (other[at]! - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Red, green and blue, 0 to 255. */
function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
