import { Show } from "solid-js";
import type { CaptureState } from "../call/api.ts";
import { words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import type { Shape } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";
import { cameraOff, microphoneOff } from "../ui/shapes.ts";

type Failure = Extract<CaptureState, "denied" | "missing" | "busy" | "lost">;

/** What is wrong with microphone and camera, and what to do: one notice when it is the same for both. Nothing when all is well. */
export function CaptureNotices() {
  const call = useCall();
  const microphone = () => failureOf(call.view.local.microphone.state);
  const camera = () => failureOf(call.view.local.camera.state);
  const both = () => microphone() === camera() ? microphone() : undefined;
  return (
    <>
      <Show when={both()}>
        {(failure) => (
          <FailureNotice
            failure={failure()}
            shape={cameraOff}
            text={words().capture.both[failure()]}
            onTryAgain={() => {
              void call.setMicrophone(true);
              void call.setCamera(true);
            }}
          />
        )}
      </Show>
      <Show when={!both() && microphone()}>
        {(failure) => (
          <FailureNotice
            failure={failure()}
            shape={microphoneOff}
            text={words().capture.microphone[failure()]}
            onTryAgain={() => void call.setMicrophone(true)}
          />
        )}
      </Show>
      <Show when={!both() && camera()}>
        {(failure) => (
          <FailureNotice
            failure={failure()}
            shape={cameraOff}
            text={words().capture.camera[failure()]}
            onTryAgain={() => void call.setCamera(true)}
          />
        )}
      </Show>
    </>
  );
}

interface FailureNoticeProps {
  readonly failure: Failure;
  readonly shape: Shape;
  readonly text: string;
  readonly onTryAgain: () => void;
}

function FailureNotice(props: FailureNoticeProps) {
  return (
    <Notice
      shape={props.shape}
      tone={props.failure === "missing" ? "hint" : "trouble"}
      action={
        <button type="button" onClick={() => props.onTryAgain()}>
          {words().tryAgain}
        </button>
      }
    >
      {props.text}
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
