import { createSignal, Show } from "solid-js";
import { calendarPath, changeMeeting, type Meeting } from "../api/meetings.ts";
import { createSubmission } from "../dashboard/submission.ts";
import formStyles from "../dashboard/Form.module.css";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import { LeaveGuard } from "../dashboard/LeaveGuard.tsx";
import { Section } from "../dashboard/Section.tsx";
import { calendar } from "../dashboard/icons.ts";
import { wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextArea.tsx";
import { EndMeeting } from "./EndMeeting.tsx";
import { formOf, type MeetingForm, movesDates, problemsOf, timeOf } from "./meeting_form.ts";
import styles from "./MeetingPage.module.css";
import { focusProblem } from "./NewMeeting.tsx";
import { Occurrences } from "./Occurrences.tsx";
import { RoomSection } from "./RoomSection.tsx";
import { WhenFields } from "./WhenFields.tsx";
import { ownZone } from "./zone.ts";

interface MeetingDetailsProps {
  readonly meeting: Meeting;
  readonly onChanged: (meeting: Meeting) => void;
  /** Loads the newest version, discarding local changes. */
  readonly onReload: () => void;
}

/** A meeting's details: topic, time, room settings, single dates, and its end. */
export function MeetingDetails(props: MeetingDetailsProps) {
  const words = () => wordsOf("dashboard").meetings;
  const { meeting } = props;
  const first = formOf(meeting, Date.now(), account()?.timeZone ?? ownZone());
  const [form, setForm] = createSignal(first);
  const [wasTried, setTried] = createSignal(false);
  const [isAsking, setAsking] = createSignal(false);
  const submission = createSubmission();
  const change = (change: Partial<MeetingForm>) => setForm((before) => ({ ...before, ...change }));
  const problems = () => wasTried() ? problemsOf(form(), Date.now(), false) : [];
  const changed = () => {
    const { title, description } = form();
    const time = timeOf(form());
    return {
      ...(title.trim() === meeting.title ? {} : { title: title.trim() }),
      ...(description.trim() === meeting.description ? {} : { description: description.trim() }),
      ...(JSON.stringify(time) === JSON.stringify(timeOf(first)) ? {} : { time }),
    };
  };
  const isDirty = () => Object.keys(changed()).length > 0;

  const save = async () => {
    setAsking(false);
    const done = await submission.run(() => changeMeeting(meeting.id, changed(), meeting.version));
    if (done !== undefined) props.onChanged(done.value);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems().length > 0) return focusProblem(event.currentTarget as HTMLFormElement);
    if (!isDirty()) return;
    if (meeting.time?.recurrence && movesDates(meeting.time, form())) setAsking(true);
    else void save();
  };
  return (
    <>
      <Section title={words().page.tabs.details} lead={words().form.mailed}>
        <form class={formStyles.form} novalidate onSubmit={submit}>
          <Field
            label={words().form.name}
            value={form().title}
            onInput={(title) => change({ title })}
            problem={problems().includes("title") ? words().form.nameMissing : undefined}
          />
          <TextArea
            label={`${words().form.description} (${wordsOf("dashboard").optional})`}
            hint={words().form.descriptionHint}
            value={form().description}
            onInput={(description) => change({ description })}
          />
          <WhenFields form={form()} problems={problems()} onChange={change} />
          <FormFoot submission={submission} isIdle={!isDirty()} onReload={() => props.onReload()} />
        </form>
      </Section>
      <Show when={meeting.time?.recurrence}>
        <Occurrences meeting={meeting} onChanged={props.onChanged} />
      </Show>
      <RoomSection room={meeting.room} />
      <div class={styles.ends}>
        <Show when={meeting.time}>
          <ButtonLink href={calendarPath(meeting.id)} shape={calendar} download="meeting.ics">
            {words().page.calendar}
          </ButtonLink>
        </Show>
        <EndMeeting meeting={meeting} onChanged={props.onChanged} />
      </div>
      <Show when={isAsking()}>
        <Dialog
          title={words().page.resetTitle}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{wordsOf("dashboard").cancel}</Button>
              <Button look="primary" onClick={() => void save()}>{words().page.resetConfirm}</Button>
            </>
          }
        >
          <p>{words().page.resetText}</p>
        </Dialog>
      </Show>
      <LeaveGuard isDirty={isDirty()} />
    </>
  );
}
