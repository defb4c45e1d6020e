import styles from "./Logo.module.css";

/** Seven seats around a table seen from above, one taken by the speaker. In a box of 32 × 32 units. */
const SEATS =
  "M12.74 3.83A12.6 12.6 0 0 1 19.26 3.83M28.59 15.53A12.6 12.6 0 0 1 27.14 21.89M24.22 25.55A12.6 12.6 0 0 1 18.34 28.38M13.66 28.38A12.6 12.6 0 0 1 7.78 25.55M4.86 21.89A12.6 12.6 0 0 1 3.41 15.53M4.45 10.96A12.6 12.6 0 0 1 8.52 5.86";
const SPEAKER = "M23.48 5.86A12.6 12.6 0 0 1 27.55 10.96";

/** The mark alone. */
export function Mark(props: { readonly size?: number }) {
  return (
    <svg width={props.size ?? 32} height={props.size ?? 32} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="8" class={styles.table} />
      <path d={SEATS} class={styles.seat} />
      <path d={SPEAKER} class={styles.speaker} />
    </svg>
  );
}

/** Mark and name; a link to the start page. */
export function Logo() {
  return (
    <a class={styles.logo} href="/" tabindex={0}>
      <Mark />
      <span>Tafelrunde</span>
    </a>
  );
}
