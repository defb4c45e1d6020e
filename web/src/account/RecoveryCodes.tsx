import { createSignal, For, Show } from "solid-js";
import { makeRecoveryCodes } from "../api/account.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { CopyButton } from "../dashboard/CopyField.tsx";
import { Section } from "../dashboard/Section.tsx";
import { download, printer } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { alert } from "../ui/icons.ts";
import { Notice } from "../ui/Notice.tsx";
import type { Methods } from "./methods.ts";
import { withProof } from "./proof.ts";
import styles from "./RecoveryCodes.module.css";

/** Recovery codes: shown once, to be kept outside this browser. */
export function RecoveryCodes(props: { readonly methods: Methods }) {
  const words = () => wordsOf("account");
  const [codes, setCodes] = createSignal<readonly string[]>();
  const submission = createSubmission();
  const left = () => props.methods.now()?.recoveryCodesLeft;
  const make = async () => {
    const done = await submission.run(() => withProof(makeRecoveryCodes));
    if (done !== undefined) setCodes(done.value.codes);
  };
  const close = () => {
    setCodes(undefined);
    void props.methods.refresh();
  };
  return (
    <Section
      title={words().recovery}
      lead={words().recoveryLead}
      action={<Button busy={submission.isBusy()} onClick={() => void make()}>{words().recoveryMake}</Button>}
    >
      <ErrorNotice error={submission.error()} />
      <p class={styles.left}>
        {left() === undefined ? "" : words().recoveryLeft(left() ?? 0)} {words().recoveryMakeHint}
      </p>
      <Show when={codes()}>
        {(codes) => (
          <Dialog
            title={words().recovery}
            onClose={() => {}}
            actions={<Button look="primary" onClick={close}>{words().recoveryDone}</Button>}
          >
            <Notice shape={alert} tone="wait">{words().recoveryShown}</Notice>
            <ul class={styles.codes}>
              <For each={codes()}>
                {(code) => (
                  <li>
                    <code>{code}</code>
                  </li>
                )}
              </For>
            </ul>
            <div class={styles.ways}>
              <CopyButton text={codes().join("\n")} />
              <Button shape={download} onClick={() => saveFile("tafelrunde-codes.txt", codes().join("\n"))}>
                {words().downloadFile}
              </Button>
              <Button shape={printer} onClick={() => print()}>{words().print}</Button>
            </div>
          </Dialog>
        )}
      </Show>
    </Section>
  );
}

/** Makes the browser save a text as a file. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
