import { createSignal, onCleanup, onMount, Show } from "solid-js";
import { signInWithPassword } from "../api/auth.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { createPasskeySignIn } from "./passkey.ts";
import { key } from "./icons.ts";
import styles from "./SignIn.module.css";

interface LocalSignInProps {
  /** The account's address, if it is fixed; its field is then hidden. */
  readonly email?: string;
  readonly onDone: () => Promise<void>;
  readonly onForgotten?: (() => void) | undefined;
  readonly onRecovery?: () => void;
}

/** E-mail and password, or a passkey, which is also offered in the e-mail field if the browser can. */
export function LocalSignIn(props: LocalSignInProps) {
  const words = () => wordsOf("dashboard").signIn;
  const [email, setEmail] = createSignal(props.email ?? "");
  const [password, setPassword] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const passkey = createPasskeySignIn(() => props.onDone());
  onMount(() => void passkey.offer());
  onCleanup(passkey.stop);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (email().trim() === "" || password() === "") return;
    const done = await submission.run(() =>
      signInWithPassword({ email: email().trim(), password: password() })
    );
    if (done !== undefined) await props.onDone();
  };
  return (
    <form class={styles.form} novalidate onSubmit={(event) => void send(event)}>
      <Show when={props.email === undefined}>
        <Field
          label={words().email}
          type="email"
          inputmode="email"
          autocomplete="username webauthn"
          value={email()}
          onInput={setEmail}
          problem={wasTried() && email().trim() === "" ? words().emailMissing : undefined}
        />
      </Show>
      <Field
        label={words().password}
        type="password"
        autocomplete="current-password"
        value={password()}
        onInput={setPassword}
        problem={wasTried() && password() === "" ? words().passwordMissing : undefined}
      />
      <ErrorNotice error={submission.error()} />
      <Button type="submit" look="primary" busy={submission.isBusy()}>{words().action}</Button>
      <Show when={passkey.isSupported}>
        <Button shape={key} busy={passkey.submission.isBusy()} onClick={() => void passkey.start()}>
          {words().passkey}
        </Button>
        <ErrorNotice error={passkey.submission.error()} />
      </Show>
      <div class={styles.helps}>
        <Show when={props.onForgotten}>
          {(forgotten) => <Button look="quiet" onClick={() => forgotten()()}>{words().forgotten}</Button>}
        </Show>
        <Show when={props.onRecovery}>
          {(recovery) => <Button look="quiet" onClick={() => recovery()()}>{words().recovery}</Button>}
        </Show>
      </div>
    </form>
  );
}
