import { createSignal, Show } from "solid-js";
import { setPassword } from "../api/account.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import formStyles from "../dashboard/Form.module.css";
import { check } from "../dashboard/icons.ts";
import { Section } from "../dashboard/Section.tsx";
import { wordsOf } from "../i18n/language.ts";
import { MIN_PASSWORD, passwordProblem } from "../signin/password.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import type { Methods } from "./methods.ts";
import { withProof } from "./proof.ts";

/** The account's password: set or change it. */
export function PasswordSection(props: { readonly methods: Methods }) {
  const words = () => wordsOf("account");
  const [isOpen, setOpen] = createSignal(false);
  const [isDone, setDone] = createSignal(false);
  const [password, setText] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const hasOne = () => (props.methods.now()?.passwordChangedAt ?? null) !== null;
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (passwordProblem(password()) !== undefined) return;
    const done = await submission.run(() => withProof(() => setPassword(password())));
    if (done === undefined) return;
    setOpen(false);
    setDone(true);
    setText("");
    setTried(false);
    await props.methods.refresh();
  };
  return (
    <Section
      title={words().password}
      lead={props.methods.now() && (hasOne() ? words().passwordSet : words().passwordNone)}
      action={
        <Show when={!isOpen()}>
          <Button onClick={() => setOpen(true)}>
            {hasOne() ? words().passwordChange : words().passwordAdd}
          </Button>
        </Show>
      }
    >
      <Show when={isDone()}>
        <Notice shape={check} tone="hint">{words().passwordChanged}</Notice>
      </Show>
      <Show when={isOpen()}>
        <form class={formStyles.form} novalidate onSubmit={(event) => void send(event)}>
          <Field
            label={words().passwordNew}
            type="password"
            autocomplete="new-password"
            value={password()}
            onInput={setText}
            hint={wordsOf("dashboard").oneTimeLink.passwordHint(MIN_PASSWORD)}
            problem={wasTried() ? passwordProblem(password()) : undefined}
          />
          <FormFoot submission={submission} action={hasOne() ? words().passwordChange : words().passwordAdd}>
            <Button onClick={() => setOpen(false)}>{wordsOf("dashboard").cancel}</Button>
          </FormFoot>
        </form>
      </Show>
    </Section>
  );
}
