import { canonicalEmail, shownEmail } from "@tafelrunde/protocol";
import { createSignal, Show } from "solid-js";
import { type Account, deleteAccount, EXPORT_PATH } from "../api/account.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Section } from "../dashboard/Section.tsx";
import { download } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { signedOut } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { navigate } from "../ui/route.ts";
import { withProof } from "./proof.ts";

/** One's data: export and deletion. */
export function DataTab(props: { readonly account: Account }) {
  const words = () => wordsOf("account");
  const [isAsking, setAsking] = createSignal(false);
  return (
    <>
      <Section title={words().exportTitle} lead={words().exportText}>
        <div>
          <ButtonLink href={EXPORT_PATH} shape={download} download="tafelrunde.json">
            {words().exportAction}
          </ButtonLink>
        </div>
      </Section>
      <Section title={words().deleteTitle} lead={words().deleteText}>
        <div>
          <Button look="danger" onClick={() => setAsking(true)}>{words().deleteAction}</Button>
        </div>
      </Section>
      <Show when={isAsking()}>
        <DeleteDialog account={props.account} onClose={() => setAsking(false)} />
      </Show>
    </>
  );
}

function DeleteDialog(props: { readonly account: Account; readonly onClose: () => void }) {
  const words = () => wordsOf("account");
  const [typed, setTyped] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const wanted = () => shownEmail(props.account.email ?? props.account.name);
  const isTyped = () =>
    typed().trim().toLowerCase() === wanted().toLowerCase() ||
    props.account.email !== null && canonicalEmail(typed()) === props.account.email;
  const erase = async () => {
    setTried(true);
    if (!isTyped()) return;
    if (await submission.run(() => withProof(() => deleteAccount(props.account.version))) === undefined) {
      return;
    }
    navigate("/");
    signedOut();
  };
  return (
    <Dialog
      title={words().deleteTitle}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{wordsOf("dashboard").cancel}</Button>
          <Button look="danger" busy={submission.isBusy()} onClick={() => void erase()}>
            {words().deleteConfirm}
          </Button>
        </>
      }
    >
      <p>{words().deleteText}</p>
      <Field
        label={words().deleteType(wanted())}
        value={typed()}
        onInput={setTyped}
        problem={wasTried() && !isTyped() ? words().deleteMistyped : undefined}
      />
      <ErrorNotice error={submission.error()} />
    </Dialog>
  );
}
