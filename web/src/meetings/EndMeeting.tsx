import { createSignal, Show } from "solid-js";
import { cancelMeeting, deleteMeeting, type Meeting } from "../api/meetings.ts";
import { ConfirmDialog } from "../dashboard/ConfirmDialog.tsx";
import { createSubmission } from "../dashboard/submission.ts";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { navigate } from "../ui/route.ts";

interface EndMeetingProps {
  readonly meeting: Meeting;
  readonly onChanged: (meeting: Meeting) => void;
}

/** Cancels a meeting that has a date; deletes one that has none, or is already cancelled. */
export function EndMeeting(props: EndMeetingProps) {
  const words = () => wordsOf("dashboard").meetings.page;
  const [isAsking, setAsking] = createSignal(false);
  const submission = createSubmission();
  const isSeries = () => Boolean(props.meeting.time?.recurrence);
  const isDeleted = () => props.meeting.time === null || props.meeting.cancelledAt !== null;
  const text = () =>
    isDeleted()
      ? {
        open: words().delete,
        title: words().deleteTitle,
        text: words().deleteText,
        confirm: words().delete,
      }
      : {
        open: isSeries() ? words().cancelSeries : words().cancel,
        title: words().cancelTitle,
        text: isSeries() ? words().cancelSeriesText : words().cancelText,
        confirm: words().cancelConfirm,
      };
  const end = async () => {
    if (isDeleted()) {
      if (await submission.run(() => deleteMeeting(props.meeting)) !== undefined) navigate("/meetings");
      return;
    }
    const done = await submission.run(() => cancelMeeting(props.meeting));
    if (done === undefined) return;
    setAsking(false);
    props.onChanged(done.value);
  };
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>{text().open}</Button>
      <Show when={isAsking()}>
        <ConfirmDialog
          title={text().title}
          text={text().text}
          action={text().confirm}
          keep={words().keep}
          submission={submission}
          onConfirm={end}
          onClose={() => setAsking(false)}
        />
      </Show>
    </>
  );
}
