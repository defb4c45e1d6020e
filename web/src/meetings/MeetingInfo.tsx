import { createSignal, Show } from "solid-js";
import { calendarPath, giveAnswer, type GivenAnswer, type Meeting } from "../api/meetings.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Section } from "../dashboard/Section.tsx";
import { calendar, check } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Notice } from "../ui/Notice.tsx";
import { AnswerButtons } from "./AnswerButtons.tsx";
import styles from "./MeetingPage.module.css";

/** A meeting as invited people see it: what it is about, and their answer. */
export function MeetingInfo(
  props: { readonly meeting: Meeting; readonly onChanged: (meeting: Meeting) => void },
) {
  const words = () => wordsOf("dashboard").meetings;
  const [isSaved, setSaved] = createSignal(false);
  const submission = createSubmission();
  const give = async (answer: GivenAnswer) => {
    setSaved(false);
    if (await submission.run(() => giveAnswer(props.meeting.id, answer)) === undefined) return;
    props.onChanged({ ...props.meeting, answer });
    setSaved(true);
  };
  return (
    <>
      <Show when={props.meeting.answer !== null && props.meeting.cancelledAt === null}>
        <Section title={words().page.yourAnswer}>
          <AnswerButtons
            answer={props.meeting.answer ?? "none"}
            isBusy={submission.isBusy()}
            onGive={(answer) => void give(answer)}
          />
          <ErrorNotice error={submission.error()} />
          <Show when={isSaved()}>
            <Notice shape={check} tone="hint">{words().page.answered}</Notice>
          </Show>
        </Section>
      </Show>
      <Section title={words().page.about}>
        <Show when={props.meeting.description}>
          <p class={styles.text} dir="auto">{props.meeting.description}</p>
        </Show>
        <dl class={styles.facts}>
          <div>
            <dt>{wordsOf("dashboard").roles.owner}</dt>
            <dd dir="auto">{props.meeting.owner.name}</dd>
          </div>
          <Show when={props.meeting.role}>
            {(role) => (
              <div>
                <dt>{words().page.yourRole("").trim().replace(/:$/, "")}</dt>
                <dd>{wordsOf("dashboard").roles[role()]} – {wordsOf("dashboard").roleHints[role()]}</dd>
              </div>
            )}
          </Show>
        </dl>
        <Show when={props.meeting.time}>
          <div>
            <ButtonLink href={calendarPath(props.meeting.id)} shape={calendar} download="meeting.ics">
              {words().page.calendar}
            </ButtonLink>
          </div>
        </Show>
      </Section>
    </>
  );
}
