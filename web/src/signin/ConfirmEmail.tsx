import { shownEmail } from "@tafelrunde/protocol";
import { createSignal, Show } from "solid-js";
import { confirmEmail } from "../api/auth.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
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
  const words = () => wordsOf("dashboard").oneTimeLink.changeEmail;
  const [isDone, setDone] = createSignal(false);
  const submission = createSubmission();
  const confirm = async () => {
    if (await submission.run(() => confirmEmail(props.secret)) === undefined) return;
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
        <ErrorNotice error={submission.error()} />
        <Button look="primary" busy={submission.isBusy()} onClick={() => void confirm()}>
          {words().action}
        </Button>
      </Show>
    </SignFrame>
  );
}
