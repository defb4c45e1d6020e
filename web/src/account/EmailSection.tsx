import { canonicalEmail, shownEmail } from "@tafelrunde/protocol";
import { createResource, createSignal, Show } from "solid-js";
import { type Account, setEmail } from "../api/account.ts";
import { readMethods } from "../api/auth.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import formStyles from "../dashboard/Form.module.css";
import { Section } from "../dashboard/Section.tsx";
import { check } from "../dashboard/icons.ts";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { createMethods } from "./methods.ts";
import { withProof } from "./proof.ts";

/** The account's address, and changing it: a link is mailed to the new one. */
export function EmailSection(props: { readonly account: Account }) {
  const words = () => wordsOf("account");
  const methods = createMethods();
  const [house] = createResource(readMethods);
  const [isOpen, setOpen] = createSignal(false);
  const [email, setText] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const [sentTo, setSentTo] = createSignal("");
  const submission = createSubmission();
  const sendsMail = () => {
    const answer = house();
    return answer?.ok === true && answer.value.canResetPassword;
  };
  const isFederated = () => {
    const now = methods.now();
    return now !== undefined && now.providers.length > 0 && now.passwordChangedAt === null &&
      now.passkeys.length === 0;
  };
  const isAddress = () => canonicalEmail(email()) !== undefined;
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isAddress()) return;
    const wished = email().trim();
    if (await submission.run(() => withProof(() => setEmail(wished))) === undefined) return;
    setSentTo(wished);
    setOpen(false);
    setText("");
    setTried(false);
  };
  return (
    <Section
      title={words().email}
      lead={props.account.email === null ? words().emailNone : shownEmail(props.account.email)}
      action={
        <Show when={!isOpen() && sendsMail() && !isFederated()}>
          <Button onClick={() => setOpen(true)}>{words().emailChange}</Button>
        </Show>
      }
    >
      <Show when={isFederated()}>
        <p>{words().emailFederated}</p>
      </Show>
      <Show when={sentTo()}>
        {(address) => <Notice shape={check} tone="hint">{words().emailSent(shownEmail(address()))}</Notice>}
      </Show>
      <Show when={isOpen()}>
        <form class={formStyles.form} novalidate onSubmit={(event) => void send(event)}>
          <Field
            label={words().emailNew}
            type="email"
            inputmode="email"
            autocomplete="email"
            value={email()}
            onInput={setText}
            hint={words().emailHint}
            problem={wasTried() && !isAddress() ? words().emailWrong : undefined}
          />
          <FormFoot submission={submission} action={words().emailSend}>
            <Button onClick={() => setOpen(false)}>{wordsOf("dashboard").cancel}</Button>
          </FormFoot>
        </form>
      </Show>
    </Section>
  );
}
