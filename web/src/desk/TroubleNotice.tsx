import { type JSX, Show } from "solid-js";
import type { Trouble } from "../api/request.ts";
import { wordsOf } from "../i18n/language.ts";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Notice } from "../ui/Notice.tsx";
import { alert } from "../ui/shapes.ts";

/** The text of a failed request: by its code, else by its status. */
export function sayTrouble({ code, status }: Trouble): string {
  const { troubles } = wordsOf("desk");
  if (Object.hasOwn(troubles, code)) return troubles[code as keyof typeof troubles];
  if (status === 401) return troubles.signedOut;
  if (status === 403) return troubles.forbidden;
  if (status === 404) return troubles.gone;
  if (status === 412) return troubles.changed;
  if (status === 422 || status === 400) return troubles.invalid;
  if (status === 429 || status === 503) return troubles.busy;
  return troubles.fault;
}

/** Shows why a request failed; nothing without a failure. */
export function TroubleNotice(
  props: { readonly trouble: Trouble | undefined; readonly action?: JSX.Element },
) {
  return (
    <Show when={props.trouble}>
      {(trouble) => (
        <Notice shape={alert} tone="trouble" action={props.action ?? <SignInAgain trouble={trouble()} />}>
          {sayTrouble(trouble())}
        </Notice>
      )}
    </Show>
  );
}

/** A link to sign in again after the session has ended. */
function SignInAgain(props: { readonly trouble: Trouble }) {
  return (
    <Show when={props.trouble.code === "signIn.needed"}>
      <ButtonLink isApart href={`/signin?returnTo=${encodeURIComponent(location.pathname)}`}>
        {wordsOf("desk").signIn.action}
      </ButtonLink>
    </Show>
  );
}
