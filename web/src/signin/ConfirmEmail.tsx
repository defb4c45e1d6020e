import { shownEmail } from "@tafelrunde/protocol";
import { createSignal, Show } from "solid-js";
import { confirmEmail } from "../api/auth.ts";
import { createAsk } from "../desk/ask.ts";
import { TroubleNotice } from "../desk/TroubleNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { askAgain } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { SignFrame } from "./SignFrame.tsx";

interface ConfirmEmailProps {
  readonly secret: string;
  /** The account's owner, and the new address. */
  readonly name: string;
  readonly email: string;
}

/** The page of the link mailed to a new address: a click confirms it, a link scanner does not. */
export function ConfirmEmail(props: ConfirmEmailProps) {
  const words = () => wordsOf("desk").ticket.changeEmail;
  const [isDone, setDone] = createSignal(false);
  const ask = createAsk();
  const confirm = async () => {
    if (await ask.run(() => confirmEmail(props.secret)) === undefined) return;
    setDone(true);
    await askAgain();
  };
  return (
    <SignFrame
      title={isDone() ? words().done : words().title}
      lead={isDone()
        ? words().doneLead(shownEmail(props.email))
        : words().lead(props.name, shownEmail(props.email))}
    >
      <Show when={!isDone()} fallback={<ButtonLink href="/account">{words().on}</ButtonLink>}>
        <TroubleNotice trouble={ask.trouble()} />
        <Button look="primary" busy={ask.isBusy()} onClick={() => void confirm()}>{words().action}</Button>
      </Show>
    </SignFrame>
  );
}
