import { createSignal, Show } from "solid-js";
import { makeLink, type NewLink } from "../api/rooms.ts";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import { CopyField } from "../dashboard/CopyField.tsx";
import formStyles from "../dashboard/Form.module.css";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { endOfDay, ownZone } from "./zone.ts";

const LINK_ROLES = ["presenter", "moderator", "participant", "guest", "viewer"] as const;

/** Creates a link with a role and shows it once. */
export function LinkDialog(props: { readonly room: string; readonly onClose: () => void }) {
  const words = () => wordsOf("dashboard").meetings.links;
  const [role, setRole] = createSignal<NewLink["role"]>("presenter");
  const [label, setLabel] = createSignal("");
  const [until, setUntil] = createSignal("");
  const [most, setMost] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const [url, setUrl] = createSignal<string>();
  const submission = createSubmission();
  const keyOf = createKeys();
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const expiresAt = until() === "" ? null : endOfDay(until(), ownZone());
    if (expiresAt === undefined) return;
    const link: NewLink = {
      role: role(),
      label: label().trim(),
      expiresAt,
      maxUses: most() === "" ? null : Math.max(1, Math.trunc(Number(most())) || 1),
    };
    const done = await submission.run(() => makeLink(props.room, link, keyOf(link)));
    if (done !== undefined) setUrl(done.value.url);
  };
  return (
    <Dialog
      title={words().roleAdd}
      onClose={() => props.onClose()}
      actions={
        <Show when={url()}>
          <Button look="primary" onClick={() => props.onClose()}>{wordsOf("dashboard").close}</Button>
        </Show>
      }
    >
      <Show
        when={url()}
        fallback={
          <form class={formStyles.form} novalidate onSubmit={(event) => void make(event)}>
            <p>{words().roleLead}</p>
            <Choice
              label={words().role}
              value={role() ?? ""}
              options={LINK_ROLES.map((role) => ({ value: role, text: wordsOf("dashboard").roles[role] }))}
              hint={wordsOf("dashboard").roleHints[role() ?? "guest"]}
              onChoose={(role) => setRole(role as NewLink["role"])}
            />
            <Field
              label={`${words().label} (${wordsOf("dashboard").optional})`}
              placeholder={words().labelPlaceholder}
              value={label()}
              onInput={setLabel}
            />
            <div class={formStyles.pair}>
              <Field
                label={words().expires}
                type="date"
                hint={until() === "" ? words().expiresNever : undefined}
                value={until()}
                onInput={setUntil}
                problem={wasTried() && until() !== "" && endOfDay(until(), ownZone()) === undefined
                  ? wordsOf("dashboard").meetings.form.dateMissing
                  : undefined}
              />
              <Field
                label={words().maxUses}
                type="number"
                inputmode="numeric"
                min={1}
                placeholder={words().unlimited}
                value={most()}
                onInput={setMost}
              />
            </div>
            <ErrorNotice error={submission.error()} />
            <div class={formStyles.buttons}>
              <Button type="submit" look="primary" busy={submission.isBusy()}>{words().create}</Button>
              <Button onClick={() => props.onClose()}>{wordsOf("dashboard").cancel}</Button>
            </div>
          </form>
        }
      >
        {(url) => (
          <CopyField
            label={words().badge(wordsOf("dashboard").roles[role() ?? "guest"])}
            value={url()}
            hint={words().shownOnce}
          />
        )}
      </Show>
    </Dialog>
  );
}
