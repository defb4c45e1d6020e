import { createEffect, createSignal, For, Show, untrack } from "solid-js";
import type { CaptureState } from "../call/api.ts";
import { roomWords, words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import type { Shape } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";
import { cameraOff, microphoneOff } from "../ui/shapes.ts";

type Failure = Extract<CaptureState, "denied" | "missing" | "busy" | "lost">;

interface CaptureNoticesProps {
  /** In the meeting: only what went wrong since, and it can be put away. */
  readonly isBrief?: boolean;
}

/** What is wrong with microphone and camera, and what to do: one notice when it is the same for both. Nothing when all is well. */
export function CaptureNotices(props: CaptureNoticesProps) {
  const call = useCall();
  const isBrief = untrack(() => props.isBrief ?? false);
  const microphone = createFailure(() => call.view.local.microphone.state, isBrief);
  const camera = createFailure(() => call.view.local.camera.state, isBrief);
  const both = () => microphone.failure() === camera.failure() ? camera.failure() : undefined;
  const failures = (): readonly ShownFailure[] => {
    const t = roomWords().capture;
    const retryMicrophone = () => void call.setMicrophone(true);
    const retryCamera = () => void call.setCamera(true);
    const shared = both();
    if (shared !== undefined) {
      const onTryAgain = () => [retryMicrophone(), retryCamera()];
      const onClose = () => [microphone.close(), camera.close()];
      return [{ failure: shared, shape: cameraOff, text: t.both[shared], onTryAgain, onClose }];
    }
    const ofMicrophone = microphone.failure();
    const ofCamera = camera.failure();
    return [
      ...(ofMicrophone === undefined ? [] : [{
        failure: ofMicrophone,
        shape: microphoneOff,
        text: t.microphone[ofMicrophone],
        onTryAgain: retryMicrophone,
        onClose: microphone.close,
      }]),
      ...(ofCamera === undefined ? [] : [{
        failure: ofCamera,
        shape: cameraOff,
        text: t.camera[ofCamera],
        onTryAgain: retryCamera,
        onClose: camera.close,
      }]),
    ];
  };
  return <For each={failures()}>{(failure) => <FailureNotice shown={failure} isClosable={isBrief} />}</For>;
}

/** A device's failure as far as it is to be shown. */
function createFailure(state: () => CaptureState, isBrief: boolean) {
  const [seen, setSeen] = createSignal<CaptureState | undefined>(isBrief ? untrack(state) : undefined);
  createEffect(() => {
    if (failureOf(state()) === undefined) setSeen(undefined);
  });
  return {
    failure: () => seen() === state() ? undefined : failureOf(state()),
    close: () => setSeen(state()),
  };
}

interface ShownFailure {
  readonly failure: Failure;
  readonly shape: Shape;
  readonly text: string;
  readonly onTryAgain: () => void;
  readonly onClose: () => void;
}

function FailureNotice(props: { readonly shown: ShownFailure; readonly isClosable: boolean }) {
  return (
    <Notice
      shape={props.shown.shape}
      tone={props.shown.failure === "missing" ? "hint" : "trouble"}
      action={
        <>
          <button type="button" onClick={() => props.shown.onTryAgain()}>
            {words().tryAgain}
          </button>
          <Show when={props.isClosable}>
            <button type="button" onClick={() => props.shown.onClose()}>
              {words().close}
            </button>
          </Show>
        </>
      }
    >
      {props.shown.text}
    </Notice>
  );
}

function failureOf(state: CaptureState): Failure | undefined {
  switch (state) {
    case "denied":
    case "missing":
    case "busy":
    case "lost":
      return state;
    case "off":
    case "starting":
    case "on":
      return undefined;
    default:
      return state satisfies never;
  }
}
