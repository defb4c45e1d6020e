import { Show } from "solid-js";
import type { CaptureState } from "../call/api.ts";
import { words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import { Notice } from "../ui/Notice.tsx";
import { cameraOff, microphoneOff } from "../ui/shapes.ts";

type Failure = Extract<CaptureState, "denied" | "missing" | "busy" | "lost">;

/** What is wrong with microphone and camera, and what to do. Nothing when all is well. */
export function CaptureNotices() {
  const call = useCall();
  return (
    <>
      <Show when={failureOf(call.view.local.microphone.state)}>
        {(failure) => (
          <Notice
            shape={microphoneOff}
            tone={failure() === "missing" ? "hint" : "trouble"}
            action={<TryAgain onClick={() => void call.setMicrophone(true)} />}
          >
            {words().capture.microphone[failure()]}
          </Notice>
        )}
      </Show>
      <Show when={failureOf(call.view.local.camera.state)}>
        {(failure) => (
          <Notice
            shape={cameraOff}
            tone={failure() === "missing" ? "hint" : "trouble"}
            action={<TryAgain onClick={() => void call.setCamera(true)} />}
          >
            {words().capture.camera[failure()]}
          </Notice>
        )}
      </Show>
    </>
  );
}

function TryAgain(props: { readonly onClick: () => void }) {
  return (
    <button type="button" onClick={() => props.onClick()}>
      {words().tryAgain}
    </button>
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
