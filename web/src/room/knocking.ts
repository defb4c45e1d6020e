import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { useCall } from "./call_context.ts";
import { waitingPersons } from "./people.ts";

/** The two tones of the waiting sound, Hz, and the length of each, s. */
const TONES_HZ = [660, 880];
const TONE_S = 0.16;
const LOUDNESS = 0.12;

const [permission, setPermission] = createSignal(globalThis.Notification?.permission ?? "denied");

/** Whether the person has not yet decided on notifications. Phones offer pages none. */
export const mayAskForNotifications = () =>
  permission() === "default" && matchMedia("(hover: hover)").matches;

/** Requests permission; must be called within a click. */
export async function askForNotifications(): Promise<void> {
  setPermission(await Notification.requestPermission());
}

/**
 * Alerts moderators to new waiting participants: by a sound, and by a notification while the page is hidden.
 * Returns the number of waiting participants, for the title.
 */
export function createKnocking(): () => number {
  const call = useCall();
  const count = createMemo(() => waitingPersons(call.view).length);
  let shown: Notification | undefined;
  const close = () => shown?.close();
  createEffect(on(count, (now, before) => {
    if (now === 0) close();
    if (before === undefined || now <= before) return;
    knock(untrack(() => call.view.local.speakerId));
    if (document.hidden) shown = notify(now, waitingPersons(call.view).at(-1)?.name ?? "");
  }));
  onCleanup(close);
  return count;
}

function notify(count: number, name: string): Notification | undefined {
  if (globalThis.Notification?.permission !== "granted") return undefined;
  try {
    const words = roomWords().waiting;
    const notification = new Notification(count === 1 ? words.asks(name) : words.title(count), {
      tag: "tafelrunde:waiting",
      icon: "/apple-touch-icon.png",
    });
    notification.addEventListener("click", () => {
      globalThis.focus();
      notification.close();
    });
    return notification;
  } catch (cause) {
    // Android's browsers offer notifications to service workers only.
    console.info("no notification", cause);
    return undefined;
  }
}

/**
 * Plays the tones quietly through a speaker ("": the system's) if the browser can choose one; does nothing if
 * the page may not play sound.
 */
function knock(speakerId: string): void {
  if (globalThis.AudioContext === undefined) return;
  const options: AudioContextOptions & { readonly sinkId?: string } = speakerId === ""
    ? {}
    : { sinkId: speakerId };
  const context = new AudioContext(options);
  for (const [at, frequency] of TONES_HZ.entries()) {
    const gain = new GainNode(context, { gain: 0 });
    const tone = new OscillatorNode(context, { frequency });
    const from = context.currentTime + at * TONE_S;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + TONE_S / 4);
    gain.gain.linearRampToValueAtTime(0, from + TONE_S);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
    if (at === TONES_HZ.length - 1) tone.addEventListener("ended", () => void context.close());
  }
  // Not allowed before the person has interacted with the page: it would sound whenever they do.
  if (context.state === "suspended" && !navigator.userActivation?.hasBeenActive) void context.close();
}
