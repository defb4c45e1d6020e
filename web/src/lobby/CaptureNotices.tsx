import { createEffect, createSignal, For, Show, untrack } from "solid-js";
import type { CaptureState } from "../call/api.ts";
import { roomWords, words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import type { Shape } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";
import { loudspeaker } from "../room/icons.ts";
import { camera, cameraOff, microphone, microphoneOff, offline } from "../ui/icons.ts";

type Failure = Exclude<CaptureState, "off" | "starting" | "on">;

interface CaptureNoticesProps {
  /** In the meeting: only later failures, and the notice can be closed. */
  readonly isBrief?: boolean;
}

/**
 * Shows what is wrong with microphone and camera, and what to do: one notice if it is the same for both.
 * Nothing if all is well.
 */
export function CaptureNotices(props: CaptureNoticesProps) {
  const call = useCall();
  const isBrief = untrack(() => props.isBrief ?? false);
  const ofMicrophone = createFailure(() => call.view.local.microphone.state, isBrief);
  const ofCamera = createFailure(() => call.view.local.camera.state, isBrief);
  const both = () => ofMicrophone.failure() === ofCamera.failure() ? ofCamera.failure() : undefined;
  const failures = (): readonly ShownFailure[] => {
    const t = roomWords().capture;
    const retryMicrophone = () => void call.setMicrophone(true);
    const retryCamera = () => void call.setCamera(true);
    const shared = both();
    if (shared !== undefined) {
      const onTryAgain = () => [retryMicrophone(), retryCamera()];
      const onClose = () => [ofMicrophone.close(), ofCamera.close()];
      return [{ failure: shared, shape: cameraOff, text: t.both[shared], onTryAgain, onClose }];
    }
    const [heard, seen] = [ofMicrophone.failure(), ofCamera.failure()];
    return [
      ...(heard === undefined ? [] : [{
        failure: heard,
        shape: microphoneOff,
        text: t.microphone[heard],
        onTryAgain: retryMicrophone,
        onClose: ofMicrophone.close,
      }]),
      ...(seen === undefined ? [] : [{
        failure: seen,
        shape: cameraOff,
        text: t.camera[seen],
        onTryAgain: retryCamera,
        onClose: ofCamera.close,
      }]),
    ];
  };
  return (
    <>
      <Show when={!isBrief && call.view.media === "unsupported"}>
        <Notice shape={offline} tone="trouble">{roomWords().noCalls.lobby}</Notice>
      </Show>
      <For each={failures()}>{(failure) => <FailureNotice shown={failure} isClosable={isBrief} />}</For>
      <Show when={call.view.local.microphone.isSilenced}>
        <Notice shape={microphoneOff} tone="wait">{roomWords().silenced.microphone}</Notice>
      </Show>
      <Show when={call.view.local.camera.isSilenced}>
        <Notice shape={cameraOff} tone="wait">{roomWords().silenced.camera}</Notice>
      </Show>
      <SubstituteNotice
        kind="microphone"
        isUsed={call.view.local.microphone.isSubstitute}
        isBrief={isBrief}
      />
      <SubstituteNotice kind="camera" isUsed={call.view.local.camera.isSubstitute} isBrief={isBrief} />
      <SubstituteNotice kind="speaker" isUsed={call.view.local.isSpeakerSubstitute} isBrief={isBrief} />
    </>
  );
}

interface SubstituteNoticeProps {
  readonly kind: "microphone" | "camera" | "speaker";
  readonly isUsed: boolean;
  readonly isBrief: boolean;
}

/** Another device than the chosen one is used. */
function SubstituteNotice(props: SubstituteNoticeProps) {
  const [isSeen, setSeen] = createSignal(untrack(() => props.isBrief && props.isUsed));
  createEffect(() => {
    if (!props.isUsed) setSeen(false);
  });
  return (
    <Show when={props.isUsed && !isSeen()}>
      <Notice
        shape={props.kind === "speaker" ? loudspeaker : props.kind === "camera" ? camera : microphone}
        tone="hint"
        action={<button type="button" onClick={() => setSeen(true)}>{words().close}</button>}
      >
        {roomWords().substitute[props.kind]}
      </Notice>
    </Show>
  );
}

/** Failures that a retry cannot fix. */
const isFinal = (failure: Failure) => failure === "insecure" || failure === "unsupported";

/** A device's failure, if it should be shown. */
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
          <Show when={!isFinal(props.shown.failure)}>
            <button type="button" onClick={() => props.shown.onTryAgain()}>
              {words().tryAgain}
            </button>
          </Show>
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
    case "failed":
    case "insecure":
    case "unsupported":
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
