import { canonicalEmail, shownEmail } from "@tafelrunde/protocol";
import { createSignal, Show } from "solid-js";
import { invitePerson, type Person } from "../api/admin.ts";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import { CopyField } from "../dashboard/CopyField.tsx";
import formStyles from "../dashboard/Form.module.css";
import { check } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";

/** The last invited person; `url`: the link to pass on, if no mail is sent. */
interface Sent {
  readonly name: string;
  readonly email: string;
  readonly url: string | null;
}

/** Invites one person after another to an account. */
export function InviteDialog(props: { readonly onClose: () => void; readonly onDone: () => void }) {
  const words = () => wordsOf("admin").people;
  const [name, setName] = createSignal("");
  const [email, setEmail] = createSignal("");
  const [role, setRole] = createSignal<Person["role"]>("member");
  const [wasTried, setTried] = createSignal(false);
  const [sentTo, setSentTo] = createSignal<Sent>();
  const submission = createSubmission();
  const keyOf = createKeys();
  const problems = () => ({
    name: name().trim() === "" ? words().nameMissing : undefined,
    email: canonicalEmail(email()) !== undefined ? undefined : words().emailMissing,
  });
  const shown = () => wasTried() ? problems() : { name: undefined, email: undefined };
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems().name !== undefined || problems().email !== undefined) return;
    const body = { name: name().trim(), email: email().trim(), role: role() };
    const done = await submission.run(() => invitePerson(body, keyOf(body)));
    if (done === undefined) return;
    setSentTo({ name: body.name, email: body.email, url: done.value.inviteUrl });
    setName("");
    setEmail("");
    setTried(false);
    props.onDone();
  };
  return (
    <Dialog title={words().invite} onClose={() => props.onClose()}>
      <form class={formStyles.form} novalidate onSubmit={(event) => void send(event)}>
        <p>{words().inviteLead}</p>
        <Field label={words().name} value={name()} onInput={setName} problem={shown().name} />
        <Field
          label={words().email}
          type="email"
          inputmode="email"
          value={email()}
          onInput={setEmail}
          problem={shown().email}
        />
        <Choice
          label={words().role}
          value={role()}
          options={(["member", "admin"] as const).map((role) => ({ value: role, text: words().roles[role] }))}
          onChoose={(role) => setRole(role as Person["role"])}
        />
        <ErrorNotice error={submission.error()} />
        <Show when={sentTo()}>
          {(sent) => (
            <Show
              when={sent().url}
              fallback={<Notice shape={check} tone="hint">{words().sent(shownEmail(sent().email))}</Notice>}
            >
              {(url) => (
                <CopyField label={words().inviteLink(sent().name)} value={url()} hint={words().sendIt} />
              )}
            </Show>
          )}
        </Show>
        <div class={formStyles.buttons}>
          <Button type="submit" look="primary" busy={submission.isBusy()}>{words().send}</Button>
          <Button onClick={() => props.onClose()}>{wordsOf("dashboard").close}</Button>
        </div>
      </form>
    </Dialog>
  );
}
