import { passkeyOptions, signInWithPasskey } from "../api/auth.ts";
import type { Answer } from "../api/request.ts";
import { createSubmission, type Submission } from "../dashboard/submission.ts";

/** Sign-in with a passkey: by a button, or as a suggestion of the browser in a form. */
export interface PasskeySignInButton {
  readonly isSupported: boolean;
  readonly submission: Submission;
  /** Makes the browser offer passkeys in the field with "webauthn". Does nothing if it cannot. */
  readonly offer: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * The browser's errors when the person has closed its window, or another request has replaced it: not shown
 * as a failure.
 */
const CANCELLED = ["NotAllowedError", "AbortError", "ERROR_CEREMONY_ABORTED"];

export function createPasskeySignIn(onDone: () => Promise<void>): PasskeySignInButton {
  const submission = createSubmission();
  let isOver = false;

  const go = async (isOffered: boolean): Promise<void> => {
    const { startAuthentication, browserSupportsWebAuthnAutofill } = await import("@simplewebauthn/browser");
    if (isOffered && !await browserSupportsWebAuthnAutofill()) return;
    const options = await passkeyOptions();
    if (!options.ok || isOver) return;
    try {
      const credential = await startAuthentication({
        optionsJSON: options.value,
        useBrowserAutofill: isOffered,
      });
      const done = await submission.run(() => signInWithPasskey(credential));
      if (done !== undefined) await onDone();
    } catch (cause) {
      if (isCancelled(cause)) return;
      await submission.run(() => Promise.resolve(failed));
    }
  };
  return {
    isSupported: globalThis.PublicKeyCredential !== undefined,
    submission,
    offer: () => go(true),
    start: () => go(false),
    stop: () => {
      isOver = true;
      void import("@simplewebauthn/browser").then(({ WebAuthnAbortService }) =>
        WebAuthnAbortService.cancelCeremony()
      );
    },
  };
}

const failed: Answer<never> = { ok: false, error: { code: "passkey.failed", status: 0 } };

/** Whether the person, or another of our requests, ended it. */
export function isCancelled(cause: unknown): boolean {
  return cause instanceof Error &&
    CANCELLED.some((name) => cause.name === name || ("code" in cause && cause.code === name));
}
