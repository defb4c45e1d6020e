import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import type { Submission } from "./submission.ts";
import { ErrorNotice } from "./ErrorNotice.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** Label of the button that acts. */
  readonly action: string;
  /** Label of the other button; "Cancel" by default. */
  readonly keep?: string;
  readonly submission: Submission;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for confirmation before something is lost; shows why it failed, if it does. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog
      title={props.title}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{props.keep ?? wordsOf("dashboard").cancel}</Button>
          <Button look="danger" busy={props.submission.isBusy()} onClick={() => void props.onConfirm()}>
            {props.action}
          </Button>
        </>
      }
    >
      <p>{props.text}</p>
      <ErrorNotice error={props.submission.error()} />
    </Dialog>
  );
}
