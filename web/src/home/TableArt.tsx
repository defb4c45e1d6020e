import { wordsOf } from "../i18n/language.ts";
import styles from "./TableArt.module.css";

/** Where people sit: the angle from the top, degrees, and their colour's number. */
const SEATS = [
  { angle: 0, colour: 3 },
  { angle: 51, colour: 1 },
  { angle: 103, colour: 4 },
  { angle: 154, colour: 2 },
  { angle: 206, colour: 5 },
  { angle: 257, colour: 6 },
  { angle: 309, colour: 2 },
].map(({ angle, colour }) => {
  const radians = ((angle - 90) * Math.PI) / 180;
  return { colour, x: 240 + 172 * Math.cos(radians), y: 240 + 172 * Math.sin(radians) };
});

/** The speaker and the raised hand, as places in `SEATS`. */
const SPEAKER = 1;
const HAND_UP = 5;

/** The picture of the start page: seven people around a table, one speaking, one with a hand up. */
export function TableArt() {
  return (
    <svg class={styles.art} viewBox="0 0 480 480" role="img" aria-label={wordsOf("home").art}>
      <circle cx="240" cy="240" r="172" class={styles.ring} />
      <circle cx="240" cy="240" r="104" class={styles.table} />
      <circle cx="240" cy="240" r="90" class={styles.grain} />
      <circle cx="240" cy="240" r="64" class={styles.grain} />
      <g class={styles.sheet}>
        <rect x="196" y="176" width="36" height="46" rx="4" transform="rotate(-14 214 199)" />
        <rect x="262" y="262" width="44" height="34" rx="4" transform="rotate(24 284 279)" />
        <rect x="176" y="262" width="36" height="44" rx="4" transform="rotate(38 194 284)" />
      </g>
      <g class={styles.cup}>
        <circle cx="284" cy="200" r="13" />
        <circle cx="240" cy="312" r="13" />
        <circle cx="166" cy="228" r="13" />
      </g>
      {SEATS.map(({ colour, x, y }, seat) => (
        <g transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}>
          {seat === SPEAKER && <circle r="59" class={styles.voice} />}
          <circle r="48" class={styles.halo} />
          <circle r="44" style={{ fill: `var(--person-${colour})` }} />
          <g class={styles.person}>
            <circle cy="-9" r="13.5" />
            <path d="M-26 30a26 22 0 0 1 52 0 44 44 0 0 1-52 0z" />
          </g>
          {seat === SPEAKER && <circle r="48" class={styles.speaker} />}
          {seat === HAND_UP && (
            <g transform="translate(33 -33)">
              <circle r="17" class={styles.badge} />
              <path
                transform="translate(-9.6 -10) scale(.8)"
                class={styles.hand}
                d="M18 11V6a2 2 0 0 0-2-2 2 2 0 0 0-2 2M14 10V4a2 2 0 0 0-2-2 2 2 0 0 0-2 2v2M10 10.5V6a2 2 0 0 0-2-2 2 2 0 0 0-2 2v8M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15"
              />
            </g>
          )}
        </g>
      ))}
    </svg>
  );
}
