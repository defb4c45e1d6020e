import styles from "./Logo.module.css";

/** Seats around the table, in units of the mark (radius of the ring 12 in a box of 32); the first is the one that shines. */
const SEATS = Array.from({ length: 7 }, (_, seat) => {
  const angle = ((seat * 360) / 7 - 90) * (Math.PI / 180);
  return { x: 16 + 12 * Math.cos(angle), y: 16 + 12 * Math.sin(angle) };
});

/** The mark alone: a round table and who sits at it. */
export function Mark(props: { readonly size?: number }) {
  return (
    <svg width={props.size ?? 32} height={props.size ?? 32} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="6.5" class={styles.table} />
      {SEATS.map(({ x, y }, seat) => (
        <circle cx={x.toFixed(2)} cy={y.toFixed(2)} r="3" class={seat === 1 ? styles.speaker : styles.seat} />
      ))}
    </svg>
  );
}

/** Mark and name; a link to the start page. */
export function Logo() {
  return (
    <a class={styles.logo} href="/">
      <Mark />
      <span>Tafelrunde</span>
    </a>
  );
}
