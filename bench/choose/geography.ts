import type { Random } from "./random.ts";

/** A city with people, or with a media node. */
export interface City {
  readonly name: string;
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
  /** People in and around it, millions: the weight with which people are placed there. */
  readonly people: number;
}

/**
 * Germany as its larger agglomerations, rounded. Source: Statistisches Bundesamt, Kreise und
 * Großstadtregionen (BBSR), 2022.
 */
export const CITIES: readonly City[] = [
  { name: "Berlin", latitude: 52.52, longitude: 13.40, people: 5.1 },
  { name: "Hamburg", latitude: 53.55, longitude: 9.99, people: 3.3 },
  { name: "München", latitude: 48.14, longitude: 11.58, people: 3.0 },
  { name: "Frankfurt", latitude: 50.11, longitude: 8.68, people: 2.7 },
  { name: "Stuttgart", latitude: 48.78, longitude: 9.18, people: 2.8 },
  { name: "Köln", latitude: 50.94, longitude: 6.96, people: 2.2 },
  { name: "Düsseldorf", latitude: 51.23, longitude: 6.78, people: 1.6 },
  { name: "Essen", latitude: 51.46, longitude: 7.01, people: 2.8 },
  { name: "Dortmund", latitude: 51.51, longitude: 7.47, people: 2.3 },
  { name: "Leipzig", latitude: 51.34, longitude: 12.37, people: 1.1 },
  { name: "Dresden", latitude: 51.05, longitude: 13.74, people: 1.3 },
  { name: "Nürnberg", latitude: 49.45, longitude: 11.08, people: 1.4 },
  { name: "Hannover", latitude: 52.37, longitude: 9.73, people: 1.3 },
  { name: "Bremen", latitude: 53.08, longitude: 8.80, people: 1.3 },
  { name: "Mannheim", latitude: 49.49, longitude: 8.47, people: 1.3 },
  { name: "Karlsruhe", latitude: 49.01, longitude: 8.40, people: 0.9 },
  { name: "Freiburg", latitude: 47.99, longitude: 7.85, people: 0.7 },
  { name: "Saarbrücken", latitude: 49.24, longitude: 6.99, people: 0.8 },
  { name: "Münster", latitude: 51.96, longitude: 7.63, people: 1.6 },
  { name: "Kassel", latitude: 51.31, longitude: 9.48, people: 0.7 },
  { name: "Erfurt", latitude: 50.98, longitude: 11.03, people: 0.9 },
  { name: "Magdeburg", latitude: 52.12, longitude: 11.63, people: 0.9 },
  { name: "Rostock", latitude: 54.09, longitude: 12.14, people: 0.8 },
  { name: "Kiel", latitude: 54.32, longitude: 10.14, people: 0.7 },
  { name: "Regensburg", latitude: 49.01, longitude: 12.10, people: 0.7 },
  { name: "Augsburg", latitude: 48.37, longitude: 10.90, people: 0.8 },
];

/** Cities with media nodes: one each in the first N, in the order in which a provider would add them. */
export const REGIONS: readonly City[] = [
  "Frankfurt",
  "Berlin",
  "München",
  "Hamburg",
  "Düsseldorf",
  "Stuttgart",
  "Leipzig",
  "Nürnberg",
].map((name) => CITIES.find((city) => city.name === name)!);

/**
 * Speed of light in fibre, km/ms: c over a refractive index of 1.468. Source: ITU-T G.652, data sheets of its
 * fibres.
 */
const FIBRE_KM_PER_MS = 299.792 / 1.468;

/**
 * Ratio of the route of packets to the line of sight. Source: Bozkurt et al., "Dissecting Latency in the
 * Internet's Fiber Infrastructure" (2018), a rule of thumb from several measurements.
 */
const PATH_STRETCH = 2.1;

/** Routers and the route inside a city, round trip, ms. An assumption. */
const LOCAL_MS = 1;

/**
 * What a participant's own access adds to each round trip, ms, and its share of people: fibre, cable, DSL,
 * mobile. Assumptions in the usual ranges.
 */
const ACCESSES = [
  { share: 0.2, minMs: 2, maxMs: 6 },
  { share: 0.3, minMs: 8, maxMs: 18 },
  { share: 0.35, minMs: 8, maxMs: 25 },
  { share: 0.15, minMs: 25, maxMs: 60 },
];

/** Round trip between two cities, ms. */
export function rttMs(one: City, other: City): number {
  return LOCAL_MS + 2 * PATH_STRETCH * distanceKm(one, other) / FIBRE_KM_PER_MS;
}

/** Draws what a participant's access adds, ms. */
export function drawAccessMs(random: Random): number {
  let place = random();
  for (const { share, minMs, maxMs } of ACCESSES) {
    if (place < share) return minMs + (maxMs - minMs) * random();
    place -= share;
  }
  return ACCESSES.at(-1)!.maxMs;
}

/** Along the great circle (haversine), on a sphere of 6,371 km. */
function distanceKm(one: City, other: City): number {
  const radians = (degrees: number) => degrees * Math.PI / 180;
  const half = (a: number, b: number) => Math.sin(radians(b - a) / 2) ** 2;
  const h = half(one.latitude, other.latitude) +
    Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) *
      half(one.longitude, other.longitude);
  return 2 * 6371 * Math.asin(Math.sqrt(h));
}
