import { createMemo, createSignal, For, onCleanup, Show } from "solid-js";
import { createMeeting, listMeetings, type Meeting, type MeetingList } from "../api/meetings.ts";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import type { MeetingListTab } from "../dashboard/dashboard_route.ts";
import { MEETING_LIST_TABS } from "../dashboard/dashboard_route.ts";
import { DashboardPage } from "../dashboard/DashboardPage.tsx";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Empty, Section } from "../dashboard/Section.tsx";
import { calendar, video } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { OpenLink } from "../home/OpenLink.tsx";
import { language, wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { navigate } from "../ui/route.ts";
import { MeetingRow } from "./MeetingRow.tsx";
import styles from "./Meetings.module.css";
import { roomAddress } from "./room_address.ts";
import { dayOf } from "./when.ts";
import { ownZone } from "./zone.ts";

/** How often the page checks which meetings are running, ms. */
const REFRESH_MS = 60_000;

/** My meetings: running and upcoming ones, permanent ones, favourites, past ones. */
export function Meetings(props: { readonly tab: MeetingListTab }) {
  const words = () => wordsOf("dashboard").meetings;
  const submission = createSubmission();
  const keyOf = createKeys();
  const startNow = async () => {
    const body = { title: words().adhocTitle(account()?.name ?? ""), time: null, isAdhoc: true };
    const done = await submission.run(() => createMeeting(body, keyOf(body)));
    if (done !== undefined) navigate(roomAddress(done.value.url));
  };
  const tabs = () =>
    MEETING_LIST_TABS.map((tab, at) => ({
      href: at === 0 ? "/meetings" : `/meetings/${tab}`,
      text: words().tabs[tab],
      isHere: tab === props.tab,
    }));
  return (
    <DashboardPage
      title={words().title}
      tabs={tabs()}
      actions={
        <>
          <Button look="primary" shape={video} busy={submission.isBusy()} onClick={() => void startNow()}>
            {words().startNow}
          </Button>
          <ButtonLink href="/meetings/new" shape={calendar}>{words().plan}</ButtonLink>
        </>
      }
    >
      <ErrorNotice error={submission.error()} />
      <Show when={props.tab} keyed>
        {(tab) => tab === "upcoming" ? <Upcoming /> : <OneList tab={tab} />}
      </Show>
      <Section title={words().openLink}>
        <OpenLink />
      </Section>
    </DashboardPage>
  );
}

/** Running meetings, and upcoming ones by day. */
function Upcoming() {
  const words = () => wordsOf("dashboard").meetings;
  const [now, setNow] = createSignal(Date.now());
  const running = createList(() => "now" as const, listMeetings);
  const coming = createList(() => "soon" as const, listMeetings);
  const timer = setInterval(() => {
    if (document.hidden) return;
    setNow(Date.now());
    void running.refresh();
    void coming.refresh();
  }, REFRESH_MS);
  onCleanup(() => clearInterval(timer));

  const days = createMemo(() => byDay(coming.items() ?? [], now()));
  const isEmpty = () => running.items()?.length === 0 && coming.items()?.length === 0;
  const error = () => running.error() ?? coming.error();
  return (
    <Show when={running.items() && coming.items()} fallback={<Loading />}>
      <ErrorNotice
        error={error()}
        action={
          <Button onClick={() => void Promise.all([running.refresh(), coming.refresh()])}>
            {wordsOf("dashboard").tryAgain}
          </Button>
        }
      />
      <Show when={isEmpty() && !error()}>
        <Empty title={words().empty.upcoming} />
      </Show>
      <Show when={running.items()?.length}>
        <section class={styles.day} aria-label={words().now}>
          <h2>{words().now}</h2>
          <MeetingRows meetings={running.items() ?? []} isNow />
        </section>
      </Show>
      <For each={[...days().keys()]}>
        {(day) => (
          <section class={styles.day} aria-label={day}>
            <h2>{day}</h2>
            <MeetingRows meetings={days().get(day) ?? []} />
          </section>
        )}
      </For>
      <Show when={coming.hasMore()}>
        <div class={styles.more}>
          <Button onClick={() => void coming.loadMore()}>{wordsOf("dashboard").more}</Button>
        </div>
      </Show>
    </Show>
  );
}

/** Groups meetings by the day of their next occurrence, keeping their order. */
function byDay(
  meetings: readonly Meeting[],
  now: number,
): ReadonlyMap<string, readonly Meeting[]> {
  const { today, tomorrow } = wordsOf("dashboard").meetings;
  const days = new Map<string, Meeting[]>();
  for (const meeting of meetings) {
    const { occurrence } = meeting;
    const day = occurrence === null
      ? ""
      : dayOf(Date.parse(occurrence.startsAt), ownZone(), language(), now, { today, tomorrow });
    days.set(day, [...days.get(day) ?? [], meeting]);
  }
  return days;
}

function OneList(props: { readonly tab: Exclude<MeetingListTab, "upcoming"> }) {
  const words = () => wordsOf("dashboard").meetings;
  const list = createList(() => props.tab satisfies MeetingList, listMeetings);
  return (
    <Show when={list.items()} fallback={<Loading />}>
      {(items) => (
        <>
          <ErrorNotice error={list.error()} />
          <Show when={items().length > 0} fallback={<Empty title={words().empty[props.tab]} />}>
            <MeetingRows
              meetings={items()}
              withDay
              onUnstarred={(meeting) =>
                props.tab === "favourites" &&
                list.mutate((items) => items.filter((other) => other !== meeting))}
            />
          </Show>
          <Show when={list.hasMore()}>
            <div class={styles.more}>
              <Button onClick={() => void list.loadMore()}>{wordsOf("dashboard").more}</Button>
            </div>
          </Show>
        </>
      )}
    </Show>
  );
}

interface MeetingRowsProps {
  readonly meetings: readonly Meeting[];
  readonly isNow?: boolean;
  readonly withDay?: boolean;
  readonly onUnstarred?: (meeting: Meeting) => void;
}

function MeetingRows(props: MeetingRowsProps) {
  return (
    <ul class={styles.list}>
      <For each={props.meetings}>
        {(meeting) => (
          <MeetingRow
            meeting={meeting}
            isNow={props.isNow ?? false}
            withDay={props.withDay ?? false}
            onUnstarred={() => props.onUnstarred?.(meeting)}
          />
        )}
      </For>
    </ul>
  );
}
