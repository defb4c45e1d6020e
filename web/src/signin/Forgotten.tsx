import { createSignal, Show } from "solid-js";
import { askForReset } from "../api/auth.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { check } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import styles from "./SignIn.module.css";

/**
 * Requests a mail with a link to set a new password. The answer is the same whether the account exists or
 * not.
 */
export function Forgotten(props: { readonly onBack: () => void }) {
  const words = () => wordsOf("dashboard").signIn;
  const [email, setEmail] = createSignal("");
  const [isSent, setSent] = createSignal(false);
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (email().trim() === "") return;
    const sent = await submission.run(() => askForReset({ email: email().trim() }));
    setSent(sent !== undefined);
  };
  return (
    <form class={styles.form} novalidate onSubmit={(event) => void send(event)}>
      <p>{words().forgottenLead}</p>
      <Field
        label={words().email}
        type="email"
        inputmode="email"
        autocomplete="username"
        value={email()}
        onInput={setEmail}
        problem={wasTried() && email().trim() === "" ? words().emailMissing : undefined}
      />
      <ErrorNotice error={submission.error()} />
      <Show
        when={isSent()}
        fallback={
          <Button type="submit" look="primary" busy={submission.isBusy()}>{words().forgottenAction}</Button>
        }
      >
        <Notice shape={check} tone="hint">{words().forgottenSent}</Notice>
      </Show>
      <Button look="quiet" onClick={() => props.onBack()}>{wordsOf("dashboard").back}</Button>
    </form>
  );
}
