import { createSignal, For, Show } from "solid-js";
import {
  cancelFollowing,
  changeFollowing,
  changeOccurrence,
  listOccurrences,
  type Meeting,
  type Occurrence,
  restoreOccurrence,
} from "../api/meetings.ts";
import { createSubmission } from "../dashboard/submission.ts";
import formStyles from "../dashboard/Form.module.css";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Row, Rows, Section, Tag } from "../dashboard/Section.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { language, wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { navigate } from "../ui/route.ts";
import { Segments } from "../ui/Segments.tsx";
import { DURATIONS } from "./meeting_form.ts";
import { fullSpanOf } from "./when.ts";
import { localOf, ownZone } from "./zone.ts";

/** How many dates are shown at once. */
const AT_ONCE = 8;

/** How far ahead single dates can be changed: a year, ms. */
const AHEAD_MS = 366 * 86_400_000;

interface OccurrencesProps {
  readonly meeting: Meeting;
  readonly onChanged: (meeting: Meeting) => void;
}

/** The dates of a series, each to be moved or cancelled by itself or with all after it. */
export function Occurrences(props: OccurrencesProps) {
  const words = () => wordsOf("dashboard").meetings.page;
  const [editing, setEditing] = createSignal<Occurrence>();
  const [shown, setShown] = createSignal(AT_ONCE);
  const list = createList(
    () => props.meeting.id,
    async (id: string) => {
      const next = Date.parse(props.meeting.occurrence?.startsAt ?? "");
      const from = Math.max(Date.now(), Number.isNaN(next) ? 0 : next);
      const answer = await listOccurrences(id, from, from + AHEAD_MS);
      return answer.ok ? { ...answer, value: { ...answer.value, next: null } } : answer;
    },
  );
  return (
    <Section title={words().occurrences} lead={words().occurrencesLead}>
      <ErrorNotice error={list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <>
            <Rows label={words().occurrences}>
              <For each={items().slice(0, shown())}>
                {(occurrence) => (
                  <OccurrenceRow
                    meeting={props.meeting}
                    occurrence={occurrence}
                    onEdit={() => setEditing(occurrence)}
                  />
                )}
              </For>
            </Rows>
            <Show when={items().length > shown()}>
              <div>
                <Button onClick={() => setShown((before) => before + AT_ONCE)}>
                  {words().occurrencesMore}
                </Button>
              </div>
            </Show>
          </>
        )}
      </Show>
      <Show when={editing()}>
        {(occurrence) => (
          <OccurrenceDialog
            meeting={props.meeting}
            occurrence={occurrence()}
            onClose={() => setEditing(undefined)}
            onDone={() => {
              setEditing(undefined);
              void list.refresh();
            }}
            onShortened={props.onChanged}
          />
        )}
      </Show>
    </Section>
  );
}

function spanText({ startsAt, endsAt }: Occurrence): string {
  return fullSpanOf(Date.parse(startsAt), Date.parse(endsAt), ownZone(), language());
}

interface OccurrenceRowProps {
  readonly meeting: Meeting;
  readonly occurrence: Occurrence;
  readonly onEdit: () => void;
}

function OccurrenceRow(props: OccurrenceRowProps) {
  const words = () => wordsOf("dashboard").meetings;
  return (
    <Row
      title={
        <>
          {spanText(props.occurrence)}
          <Show
            when={props.occurrence.isCancelled}
            fallback={
              <Show when={props.occurrence.isException}>
                <Tag tone="wait">{words().moved}</Tag>
              </Show>
            }
          >
            <Tag tone="bad">{words().cancelled}</Tag>
          </Show>
        </>
      }
      text={props.occurrence.title === props.meeting.title ? undefined : props.occurrence.title}
    >
      <Button
        look="quiet"
        label={words().page.editOccurrenceOf(spanText(props.occurrence))}
        onClick={() => props.onEdit()}
      >
        {words().page.editOccurrence}
      </Button>
    </Row>
  );
}

interface OccurrenceDialogProps {
  readonly meeting: Meeting;
  readonly occurrence: Occurrence;
  readonly onClose: () => void;
  /** A date was changed. */
  readonly onDone: () => void;
  /** The series now ends before this date. */
  readonly onShortened: (meeting: Meeting) => void;
}

function OccurrenceDialog(props: OccurrenceDialogProps) {
  const words = () => wordsOf("dashboard").meetings;
  const { meeting, occurrence } = props;
  const start = localOf(Date.parse(occurrence.startsAt), meeting.time?.timeZone ?? ownZone());
  const minutes = (Date.parse(occurrence.endsAt) - Date.parse(occurrence.startsAt)) / 60_000;
  const [title, setTitle] = createSignal(occurrence.title);
  const [date, setDate] = createSignal(start.slice(0, 10));
  const [clock, setClock] = createSignal(start.slice(11, 16));
  const [duration, setDuration] = createSignal(minutes);
  const [scope, setScope] = createSignal<"one" | "following">("one");
  const isFirst = occurrence.original === meeting.time?.start;
  const submission = createSubmission();
  const run = async (send: Parameters<typeof submission.run>[0]) => {
    if (await submission.run(send) !== undefined) props.onDone();
  };
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (date() === "" || clock() === "") return;
    if (scope() === "following") return void saveFollowing();
    const change = {
      start: `${date()}T${clock()}`,
      durationMinutes: duration(),
      ...(title().trim() === "" || title().trim() === meeting.title ? {} : { title: title().trim() }),
    };
    void run(() => changeOccurrence(meeting.id, occurrence.original, change));
  };
  /** The day stays: the series' rule determines it. */
  const saveFollowing = async () => {
    const { time } = meeting;
    if (time === null) return;
    const start = `${occurrence.original.slice(0, 10)}T${clock()}`;
    const isSameTime = start === occurrence.original && duration() === time.durationMinutes;
    const change = {
      ...(isSameTime ? {} : { start, durationMinutes: duration() }),
      ...(title().trim() === "" || title().trim() === meeting.title ? {} : { title: title().trim() }),
    };
    const done = await submission.run(() => changeFollowing(meeting.id, occurrence.original, change));
    if (done !== undefined) navigate(`/meetings/${done.value.id}`);
  };
  const cancel = async () => {
    if (scope() === "one") {
      return await run(() => changeOccurrence(meeting.id, occurrence.original, { isCancelled: true }));
    }
    const done = await submission.run(() => cancelFollowing(meeting.id, occurrence.original));
    if (done !== undefined) props.onShortened(done.value);
  };
  return (
    <Dialog title={spanText(occurrence)} onClose={() => props.onClose()}>
      <form class={formStyles.form} novalidate onSubmit={save}>
        <Show when={!isFirst}>
          <Segments
            label={words().page.scope}
            value={scope()}
            options={[
              { value: "one", text: words().page.scopeOne },
              { value: "following", text: words().page.scopeFollowing },
            ]}
            onChoose={setScope}
          />
        </Show>
        <Field label={words().form.name} value={title()} onInput={setTitle} />
        <div class={formStyles.pair}>
          <Show when={scope() === "one"}>
            <Field label={words().form.date} type="date" value={date()} onInput={setDate} />
          </Show>
          <Field label={words().form.start} type="time" value={clock()} onInput={setClock} />
          <Choice
            label={words().form.duration}
            value={String(duration())}
            options={[...new Set([...DURATIONS, minutes])].sort((a, b) => a - b).map((n) => ({
              value: String(n),
              text: words().form.minutes(n),
            }))}
            onChoose={(n) => setDuration(Number(n))}
          />
        </div>
        <Show when={meeting.time?.timeZone !== ownZone()}>
          <p>{words().page.where}: {meeting.time?.timeZone.replaceAll("_", " ")}</p>
        </Show>
        <ErrorNotice error={submission.error()} />
        <div class={formStyles.buttons}>
          <Button type="submit" look="primary" busy={submission.isBusy()}>{wordsOf("dashboard").save}</Button>
          <Show when={!occurrence.isCancelled || scope() === "following"}>
            <Button look="danger" onClick={() => void cancel()}>
              {scope() === "one" ? words().page.occurrenceCancel : words().page.followingCancel}
            </Button>
          </Show>
          <Show when={occurrence.isException && scope() === "one"}>
            <Button onClick={() => void run(() => restoreOccurrence(meeting.id, occurrence.original))}>
              {words().page.occurrenceRestore}
            </Button>
          </Show>
          <Button onClick={() => props.onClose()}>{wordsOf("dashboard").close}</Button>
        </div>
      </form>
    </Dialog>
  );
}
