import { createResource, For, Show } from "solid-js";
import { providerPath, readMethods } from "../api/auth.ts";
import { wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { LocalSignIn } from "../signin/LocalSignIn.tsx";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { asking } from "./proof.ts";

/** Asks the person to sign in again when `withProof` needs it. One per page. */
export function ProofDialog() {
  return <Show when={asking()}>{(now) => <ProofForm done={now().done} />}</Show>;
}

function ProofForm(props: { readonly done: (isProved: boolean) => void }) {
  const words = () => wordsOf("account").proof;
  const [methods] = createResource(readMethods);
  const offered = () => {
    const answer = methods();
    return answer?.ok ? answer.value : undefined;
  };
  return (
    <Dialog
      title={words().title}
      onClose={() => props.done(false)}
      actions={<Button onClick={() => props.done(false)}>{wordsOf("dashboard").cancel}</Button>}
    >
      <p>{words().text}</p>
      <For each={offered()?.providers}>
        {(provider) => (
          <ButtonLink href={providerPath(provider, location.pathname)}>
            {wordsOf("dashboard").signIn.with(provider.name)}
          </ButtonLink>
        )}
      </For>
      <Show when={offered()?.builtIn && account()?.email}>
        {(email) => (
          <LocalSignIn
            email={email()}
            onDone={() => {
              props.done(true);
              return Promise.resolve();
            }}
          />
        )}
      </Show>
    </Dialog>
  );
}
