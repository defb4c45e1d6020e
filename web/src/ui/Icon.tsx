/** An outline of 24 × 24 units, drawn with a round pen: the `d` of one SVG path. */
export type Shape = string;

/**
 * Draws `shape` in the text's colour, as high as a line of text unless CSS sets another size. Hidden from
 * screen readers: its control has the name.
 */
export function Icon(props: { readonly shape: Shape; readonly size?: number }) {
  return (
    <svg
      width={props.size ?? 22}
      height={props.size ?? 22}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={props.shape} />
    </svg>
  );
}
