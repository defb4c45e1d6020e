import { createSignal, For, Show } from "solid-js";
import { addPasskey, newPasskeyOptions, removePasskey } from "../api/account.ts";
import type { Answer } from "../api/request.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Empty, Row, Rows, Section } from "../dashboard/Section.tsx";
import { plus } from "../ui/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { dayText } from "../i18n/dates.ts";
import { language, wordsOf } from "../i18n/language.ts";
import { isCancelled } from "../signin/passkey.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import formStyles from "../dashboard/Form.module.css";
import type { Methods } from "./methods.ts";
import { withProof } from "./proof.ts";

/** The account's passkeys: list, add, remove. */
export function Passkeys(props: { readonly methods: Methods }) {
  const words = () => wordsOf("account");
  const [isNaming, setNaming] = createSignal(false);
  const submission = createSubmission();
  const isSupported = globalThis.PublicKeyCredential !== undefined;
  const passkeys = () => props.methods.now()?.passkeys ?? [];
  const drop = async (id: string) => {
    if (await submission.run(() => withProof(() => removePasskey(id)))) await props.methods.refresh();
  };
  return (
    <Section
      title={words().passkeys}
      lead={words().passkeysLead}
      action={
        <Show when={isSupported}>
          <Button shape={plus} onClick={() => setNaming(true)}>{words().passkeyAdd}</Button>
        </Show>
      }
    >
      <ErrorNotice error={submission.error() ?? props.methods.error()} />
      <Show
        when={passkeys().length > 0}
        fallback={<Empty title={isSupported ? words().passkeysNone : words().passkeyUnsupported} />}
      >
        <Rows label={words().passkeys}>
          <For each={passkeys()}>
            {(passkey) => (
              <Row
                title={passkey.name}
                text={[
                  words().addedAt(dayText(language(), passkey.createdAt)),
                  passkey.usedAt === null
                    ? words().neverUsed
                    : words().usedAt(dayText(language(), passkey.usedAt)),
                ].join(" · ")}
              >
                <Button
                  look="quiet"
                  label={words().passkeyRemove(passkey.name)}
                  onClick={() => void drop(passkey.id)}
                >
                  {words().remove}
                </Button>
              </Row>
            )}
          </For>
        </Rows>
      </Show>
      <Show when={isNaming()}>
        <AddPasskey
          onClose={() => setNaming(false)}
          onDone={() => {
            setNaming(false);
            void props.methods.refresh();
          }}
        />
      </Show>
    </Section>
  );
}

function AddPasskey(props: { readonly onClose: () => void; readonly onDone: () => void }) {
  const words = () => wordsOf("account");
  const [name, setName] = createSignal("");
  const submission = createSubmission();
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await submission.run(() => makePasskey(name().trim() || words().passkeyNamePlaceholder));
    if (done !== undefined) props.onDone();
  };
  return (
    <Dialog title={words().passkeyAdd} onClose={() => props.onClose()}>
      <form novalidate onSubmit={(event) => void add(event)} class={formStyles.form}>
        <Field
          label={words().passkeyName}
          placeholder={words().passkeyNamePlaceholder}
          value={name()}
          onInput={setName}
        />
        <ErrorNotice error={submission.error()} />
        <Button type="submit" look="primary" busy={submission.isBusy()}>{words().passkeyAdd}</Button>
        <Button onClick={() => props.onClose()}>{wordsOf("dashboard").cancel}</Button>
      </form>
    </Dialog>
  );
}

/** Creates a passkey in the browser and registers it with the account. */
async function makePasskey(name: string): Promise<Answer<void>> {
  const options = await withProof(newPasskeyOptions);
  if (!options.ok) return options;
  try {
    const { startRegistration } = await import("@simplewebauthn/browser");
    const credential = await startRegistration({ optionsJSON: options.value });
    return await addPasskey({ name, credential });
  } catch (cause) {
    return {
      ok: false,
      error: { code: isCancelled(cause) ? "passkey.cancelled" : "passkey.failed", status: 0 },
    };
  }
}
