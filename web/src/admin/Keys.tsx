import { createSignal, For, Show } from "solid-js";
import { type ApiKey, createKey, deleteKey, listKeys, type Scope } from "../api/admin.ts";
import { ConfirmDialog } from "../dashboard/ConfirmDialog.tsx";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import { CopyField } from "../dashboard/CopyField.tsx";
import formStyles from "../dashboard/Form.module.css";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Empty, Row, Rows, Section } from "../dashboard/Section.tsx";
import { plus } from "../ui/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { dayText } from "../i18n/dates.ts";
import { language, wordsOf } from "../i18n/language.ts";
import { endOfDay, ownZone } from "../meetings/zone.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { alert } from "../ui/icons.ts";
import { Toggle } from "../ui/Toggle.tsx";
import styles from "./Admin.module.css";

/** API keys with which other programs act for the organisation. */
export function Keys() {
  const words = () => wordsOf("admin").keys;
  const [isMaking, setMaking] = createSignal(false);
  const [deleting, setDeleting] = createSignal<ApiKey>();
  const list = createList(() => "keys", listKeys);
  const submission = createSubmission();
  const drop = async (key: ApiKey) => {
    if (await submission.run(() => deleteKey(key.id)) === undefined) return;
    setDeleting(undefined);
    list.mutate((items) => items.filter((item) => item.id !== key.id));
  };
  const facts = ({ scopes, usedAt, expiresAt, isGood }: ApiKey) =>
    [
      isGood ? "" : words().notGood,
      scopes.map((scope) => words().scope[scope]).join(", "),
      usedAt === null ? words().unused : words().used(dayText(language(), usedAt)),
      expiresAt === null ? "" : words().until(dayText(language(), expiresAt)),
    ].filter(Boolean).join(" · ");
  return (
    <Section
      title={wordsOf("admin").tabs.keys}
      lead={
        <>
          {words().lead} <a href="/v1/docs" tabindex={0}>{words().docs}</a>
        </>
      }
      action={<Button look="primary" shape={plus} onClick={() => setMaking(true)}>{words().add}</Button>}
    >
      <ErrorNotice error={list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <Show when={items().length > 0} fallback={<Empty title={words().empty} />}>
            <Rows label={wordsOf("admin").tabs.keys}>
              <For each={items()}>
                {(key) => (
                  <Row title={key.name} text={facts(key)}>
                    <Button look="quiet" label={words().deleteOf(key.name)} onClick={() => setDeleting(key)}>
                      {words().delete}
                    </Button>
                  </Row>
                )}
              </For>
            </Rows>
          </Show>
        )}
      </Show>
      <Show when={isMaking()}>
        <KeyDialog
          onClose={() => {
            setMaking(false);
            void list.refresh();
          }}
        />
      </Show>
      <Show when={deleting()}>
        {(key) => (
          <ConfirmDialog
            title={words().deleteTitle(key().name)}
            text={words().deleteText}
            action={words().delete}
            submission={submission}
            onConfirm={() => drop(key())}
            onClose={() => setDeleting(undefined)}
          />
        )}
      </Show>
    </Section>
  );
}

/** Creates a key and shows it once. */
function KeyDialog(props: { readonly onClose: () => void }) {
  const words = () => wordsOf("admin").keys;
  const [name, setName] = createSignal("");
  const [scopes, setScopes] = createSignal<readonly Scope[]>([]);
  const [until, setUntil] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const [made, setMade] = createSignal<string>();
  const submission = createSubmission();
  const keyOf = createKeys();
  const all = () => Object.keys(words().scope) as Scope[];
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const expiresAt = until() === "" ? null : endOfDay(until(), ownZone());
    if (name().trim() === "" || scopes().length === 0 || expiresAt === undefined) return;
    const body = {
      name: name().trim(),
      scopes: scopes(),
      expiresAt,
    };
    const done = await submission.run(() => createKey(body, keyOf(body)));
    if (done !== undefined) setMade(done.value.key);
  };
  return (
    <Dialog
      title={words().add}
      onClose={() => made() === undefined && props.onClose()}
      actions={
        <Show when={made()}>
          <Button look="primary" onClick={() => props.onClose()}>{words().done}</Button>
        </Show>
      }
    >
      <Show
        when={made()}
        fallback={
          <form class={formStyles.form} novalidate onSubmit={(event) => void make(event)}>
            <Field
              label={words().name}
              placeholder={words().namePlaceholder}
              value={name()}
              onInput={setName}
              problem={wasTried() && name().trim() === "" ? words().nameMissing : undefined}
            />
            <fieldset class={styles.scopes}>
              <legend>{words().scopes}</legend>
              <For each={all()}>
                {(scope) => (
                  <Toggle
                    look="check"
                    label={words().scope[scope]}
                    hint={<code>{scope}</code>}
                    isOn={scopes().includes(scope)}
                    onChange={(isOn) =>
                      setScopes(all().filter((one) => one === scope ? isOn : scopes().includes(one)))}
                  />
                )}
              </For>
              <p class={styles.problem} role="alert">
                {wasTried() && scopes().length === 0 && words().scopesMissing}
              </p>
            </fieldset>
            <Field
              label={words().expires}
              type="date"
              hint={until() === "" ? words().noEnd : undefined}
              value={until()}
              onInput={setUntil}
              problem={wasTried() && until() !== "" && endOfDay(until(), ownZone()) === undefined
                ? wordsOf("dashboard").meetings.form.dateMissing
                : undefined}
            />
            <ErrorNotice error={submission.error()} />
            <div class={formStyles.buttons}>
              <Button type="submit" look="primary" busy={submission.isBusy()}>{words().create}</Button>
              <Button onClick={() => props.onClose()}>{wordsOf("dashboard").cancel}</Button>
            </div>
          </form>
        }
      >
        {(key) => (
          <>
            <Notice shape={alert} tone="wait">{words().shown}</Notice>
            <CopyField label={words().key} value={key()} />
          </>
        )}
      </Show>
    </Dialog>
  );
}
