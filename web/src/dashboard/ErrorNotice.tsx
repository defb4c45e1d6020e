import { type JSX, Show } from "solid-js";
import type { RequestError } from "../api/request.ts";
import { wordsOf } from "../i18n/language.ts";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Notice } from "../ui/Notice.tsx";
import { alert } from "../ui/icons.ts";

/** The text of a failed request: by its code, else by its status. */
export function errorText({ code, status }: RequestError): string {
  const { errors } = wordsOf("dashboard");
  if (Object.hasOwn(errors, code)) return errors[code as keyof typeof errors];
  if (status === 401) return errors.signedOut;
  if (status === 403) return errors.forbidden;
  if (status === 404) return errors.gone;
  if (status === 412) return errors.changed;
  if (status === 422 || status === 400) return errors.invalid;
  if (status === 429 || status === 503) return errors.busy;
  return errors.fault;
}

/** Shows why a request failed; nothing without a failure. */
export function ErrorNotice(
  props: { readonly error: RequestError | undefined; readonly action?: JSX.Element },
) {
  return (
    <Show when={props.error}>
      {(error) => (
        <Notice shape={alert} tone="trouble" action={props.action ?? <SignInAgain error={error()} />}>
          {errorText(error())}
        </Notice>
      )}
    </Show>
  );
}

/** A link to sign in again after the session has ended. */
function SignInAgain(props: { readonly error: RequestError }) {
  return (
    <Show when={props.error.code === "signIn.needed"}>
      <ButtonLink isApart href={`/signin?returnTo=${encodeURIComponent(location.pathname)}`}>
        {wordsOf("dashboard").signIn.action}
      </ButtonLink>
    </Show>
  );
}
