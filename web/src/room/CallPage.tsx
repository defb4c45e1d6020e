import {
  createMemo,
  createSignal,
  lazy,
  Match,
  onCleanup,
  onMount,
  Show,
  Suspense,
  Switch,
  untrack,
} from "solid-js";
import type { Call } from "../call/api.ts";
import { speakAlso, words } from "../i18n/language.ts";
import { Lobby } from "../lobby/Lobby.tsx";
import { Mark } from "../ui/Logo.tsx";
import { CallContext } from "./call_context.ts";
import styles from "./CallPage.module.css";

const MeetingShell = lazy(async () => {
  const [meeting] = await Promise.all([
    import("./MeetingShell.tsx"),
    speakAlso("room"),
    import("../feature_slots.ts").then(({ speakFeatures }) => speakFeatures()),
  ]);
  return { default: meeting.MeetingShell };
});
const End = lazy(async () => {
  const [end] = await Promise.all([import("./End.tsx"), speakAlso("room"), speakAlso("link")]);
  return { default: end.End };
});

/**
 * Delay after the page has rendered before the end page loads, ms: it must be loaded if the connection is
 * lost, and must not compete with the first picture.
 */
const END_AFTER_MS = 1_000;

interface CallPageProps {
  /** The meeting's link, to share. */
  readonly url: string;
  /** Starts a call; once for the first, and again for each return after an end. */
  readonly startCall: () => Call;
}

/** A meeting from the lobby to the end, and again. */
export function CallPage(props: CallPageProps) {
  const [call, setCall] = createSignal(untrack(() => props.startCall()));
  onCleanup(() => void call().leave());
  // A page that the browser keeps for its history is not in a meeting: its devices and connections end
  // meanwhile.
  const life = new AbortController();
  onCleanup(() => life.abort());
  addEventListener("pagehide", ({ persisted }) => persisted && void call().leave(), life);
  addEventListener("pageshow", ({ persisted }) => persisted && setCall(props.startCall()), life);
  return (
    <Show when={call()} keyed>
      {(call) => (
        <CallContext.Provider value={{ call, url: props.url }}>
          <Phase call={call} again={() => setCall(props.startCall())} />
        </CallContext.Provider>
      )}
    </Show>
  );
}

function Phase(props: { readonly call: Call; readonly again: () => void }) {
  const view = () => props.call.view;
  // The direct join begins with "joining" and shows no lobby, unless it is refused.
  const cameByLobby = createMemo<boolean>((before) => before || view().phase === "lobby", false);
  onMount(() => {
    void MeetingShell.preload();
    const timer = setTimeout(() => void End.preload(), END_AFTER_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return (
    <Switch fallback={<Entering />}>
      <Match
        when={view().phase === "lobby" || view().phase === "waiting" ||
          (view().phase === "joining" && cameByLobby())}
      >
        <Lobby />
      </Match>
      <Match when={view().phase === "joined"}>
        <Suspense fallback={<Entering />}>
          <MeetingShell />
        </Suspense>
      </Match>
      <Match when={view().phase === "ended"}>
        <Suspense>
          <End end={view().end ?? "left"} word={view().declinedText} again={() => props.again()} />
        </Suspense>
      </Match>
    </Switch>
  );
}

/** Shown for the moment between the click and the meeting. */
function Entering() {
  return (
    <div class={styles.entering} role="status">
      <Mark size={56} />
      <p>{words().lobby.joining}</p>
    </div>
  );
}
