/**
 * Events that a browser counts as a person's wish to play something. A touch counts when it ends, a mouse
 * press when it starts.
 * Source: HTML Living Standard §6.4.1, "activation triggering input event".
 */
const GESTURES = ["pointerdown", "pointerup", "keydown", "click"];

/** Calls `act` within each gesture of the person anywhere on the page, until `signal` aborts. */
export function onGesture(act: () => void, signal: AbortSignal): void {
  for (const gesture of GESTURES) document.addEventListener(gesture, act, { signal, capture: true });
}
