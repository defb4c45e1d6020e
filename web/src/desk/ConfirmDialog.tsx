import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import type { Ask } from "./ask.ts";
import { TroubleNotice } from "./TroubleNotice.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** Label of the button that acts. */
  readonly action: string;
  /** Label of the other button; "Cancel" by default. */
  readonly keep?: string;
  readonly ask: Ask;
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
          <Button onClick={() => props.onClose()}>{props.keep ?? wordsOf("desk").cancel}</Button>
          <Button look="danger" busy={props.ask.isBusy()} onClick={() => void props.onConfirm()}>
            {props.action}
          </Button>
        </>
      }
    >
      <p>{props.text}</p>
      <TroubleNotice trouble={props.ask.trouble()} />
    </Dialog>
  );
}
