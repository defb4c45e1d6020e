import { CITIES, type City, drawAccessMs } from "./geography.ts";
import { drawWeighted, type Random } from "./random.ts";

/** Period in which meetings begin, minutes: each at a full or half hour, as in calendars. */
const BEGIN_WITHIN = 120;

/**
 * Probability that a participant is in the meeting's home city; the others are anywhere. An assumption:
 * teams, classes, councils.
 */
const LOCAL_SHARE = 0.5;

/**
 * Sizes of meetings, people, and how fast larger ones get rarer (a power law). An assumption; its mean is
 * about 9.
 */
const SIZES = { min: 2, max: 200, exponent: 2 };

/** Largest relative error of a measured round trip. */
const MEASURING_ERROR = 0.1;

/** One participant in a meeting, with the times of joining and leaving (minutes). */
export interface Visit {
  readonly room: string;
  readonly city: City;
  readonly accessMs: number;
  readonly from: number;
  readonly to: number;
  /** Draws the error of one measurement, as a factor. */
  readonly measure: () => number;
}

/** `people` visits to meetings, in order of arrival. */
export function drawCrowd(random: Random, people: number): Visit[] {
  const visits: Visit[] = [];
  for (let room = 0; visits.length < people; room++) {
    const begin = 30 * Math.floor(random() * (BEGIN_WITHIN / 30));
    const minutes = 30 + 30 * random();
    const home = drawCity(random);
    const size = Math.min(drawSize(random), people - visits.length);
    for (let person = 0; person < size; person++) {
      // Most join within minutes, a few much later; some leave early.
      const from = begin - 3 * Math.log(1 - random());
      const to = random() < 0.2 ? from + minutes * random() : Math.max(from + 1, begin + minutes);
      visits.push({
        room: `room-${room}`,
        city: random() < LOCAL_SHARE ? home : drawCity(random),
        accessMs: drawAccessMs(random),
        from,
        to,
        measure: () => 1 + MEASURING_ERROR * (2 * random() - 1),
      });
    }
  }
  return visits.sort((a, b) => a.from - b.from);
}

const drawCity = (random: Random) => drawWeighted(random, CITIES, ({ people }) => people);

function drawSize(random: Random): number {
  const { min, max, exponent } = SIZES;
  const power = 1 - exponent;
  const size = (min ** power + random() * (max ** power - min ** power)) ** (1 / power);
  return Math.round(size);
}
