import { createResource, createSignal, Show } from "solid-js";
import { answerBySecret, type AnsweredInvitation, type GivenAnswer } from "../api/meetings.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { calendar, check } from "../dashboard/icons.ts";
import { ErrorNotice, errorText } from "../dashboard/ErrorNotice.tsx";
import { language, wordsOf } from "../i18n/language.ts";
import { SignFrame } from "../signin/SignFrame.tsx";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Notice } from "../ui/Notice.tsx";
import { alert } from "../ui/icons.ts";
import { AnswerButtons } from "./AnswerButtons.tsx";
import styles from "./AnswerPage.module.css";
import { saveCalendar } from "./calendar_file.ts";
import { fullSpanOf } from "./when.ts";
import { ownZone } from "./zone.ts";

/** The page of an invitation mail's link, for people without an account: the meeting, and their answer. */
export function AnswerPage(props: { readonly secret: string }) {
  const words = () => wordsOf("dashboard").meetings.answer;
  const [answer, { refetch }] = createResource(() => answerBySecret(props.secret));
  return (
    <Show when={answer()} fallback={<Loading />}>
      {(answer) => {
        const now = answer();
        if (now.ok) return <Invitation secret={props.secret} invitation={now.value} />;
        const isOver = now.error.status === 404 || now.error.status === 422;
        return (
          <SignFrame
            title={isOver ? words().over.title : wordsOf("dashboard").errors.title}
            lead={isOver ? words().over.text : errorText(now.error)}
          >
            <Show when={!isOver}>
              <Button onClick={() => void refetch()}>{wordsOf("dashboard").tryAgain}</Button>
            </Show>
          </SignFrame>
        );
      }}
    </Show>
  );
}

function Invitation(props: { readonly secret: string; readonly invitation: AnsweredInvitation }) {
  const words = () => wordsOf("dashboard").meetings.answer;
  const [invitation, setInvitation] = createSignal(props.invitation);
  const [isSaved, setSaved] = createSignal(false);
  const submission = createSubmission();
  const give = async (answer: GivenAnswer) => {
    const done = await submission.run(() => answerBySecret(props.secret, answer));
    if (done === undefined) return;
    setInvitation(done.value);
    setSaved(true);
  };
  const given = () => {
    const { answer } = invitation();
    return answer === "none" ? undefined : answer;
  };
  return (
    <SignFrame title={invitation().title} lead={words().from(invitation().ownerName)}>
      <WhenForThem invitation={invitation()} />
      <Show
        when={!invitation().isCancelled}
        fallback={<Notice shape={alert} tone="wait">{words().cancelled}</Notice>}
      >
        <p class={styles.question}>
          {invitation().name === "" ? words().question : words().hello(invitation().name)}
        </p>
        <AnswerButtons
          answer={invitation().answer}
          isBusy={submission.isBusy()}
          onGive={(answer) => void give(answer)}
        />
        <ErrorNotice error={submission.error()} />
        <Show when={isSaved() && given()}>
          {(given) => (
            <Notice shape={check} tone="hint">
              {words().thanks[given()]} {words().again}
            </Notice>
          )}
        </Show>
        <div class={styles.ways}>
          <Show when={invitation().calendar}>
            {(text) => (
              <Button shape={calendar} onClick={() => saveCalendar(text())}>{words().calendar}</Button>
            )}
          </Show>
          <Show when={given() !== "declined"}>
            <ButtonLink href={`/r/${invitation().room}${invitation().opensRoom ? `#${props.secret}` : ""}`}>
              {words().join}
            </ButtonLink>
          </Show>
        </div>
      </Show>
    </SignFrame>
  );
}

/** The time: in this person's time zone first, and in the meeting's if it differs. */
function WhenForThem(props: { readonly invitation: AnsweredInvitation }) {
  const words = () => wordsOf("dashboard").meetings.answer;
  const span = (zone: string) => {
    const { startsAt, endsAt } = props.invitation;
    return startsAt !== null && endsAt !== null
      ? fullSpanOf(Date.parse(startsAt), Date.parse(endsAt), zone, language())
      : "";
  };
  const isElsewhere = () => props.invitation.timeZone !== ownZone();
  return (
    <div class={styles.when}>
      <Show when={props.invitation.startsAt} fallback={<p>{words().permanent}</p>}>
        <Show when={isElsewhere()}>
          <p>{words().yourTime}</p>
        </Show>
        <p class={styles.span}>{span(ownZone())}</p>
        <Show when={isElsewhere() && props.invitation.timeZone}>
          {(zone) => <p>{words().theirTime(span(zone()), zone().replaceAll("_", " "))}</p>}
        </Show>
        <Show when={props.invitation.isSeries}>
          <p>{words().series}</p>
        </Show>
      </Show>
    </div>
  );
}
