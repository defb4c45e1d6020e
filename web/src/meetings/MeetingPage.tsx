import { createResource, createSignal, Match, Show, Switch } from "solid-js";
import { type Meeting, readMeeting } from "../api/meetings.ts";
import type { RequestError } from "../api/request.ts";
import { MEETING_TABS, type MeetingTab } from "../dashboard/dashboard_route.ts";
import { DashboardPage } from "../dashboard/DashboardPage.tsx";
import { Loading } from "../dashboard/Loading.tsx";
import { repeat, video } from "../dashboard/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { language, wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";
import { alert } from "../ui/icons.ts";
import { Invitations } from "./Invitations.tsx";
import { Links } from "./Links.tsx";
import { MeetingDetails } from "./MeetingDetails.tsx";
import { MeetingInfo } from "./MeetingInfo.tsx";
import styles from "./MeetingPage.module.css";
import { leads, Star } from "./MeetingRow.tsx";
import { parseRule, sayRule } from "./rule.ts";
import { fullSpanOf } from "./when.ts";
import { ownZone } from "./zone.ts";

/** One meeting: people who lead it can change it, invited people can answer. */
export function MeetingPage(props: { readonly meetingId: string; readonly tab: MeetingTab }) {
  const [answer, { refetch, mutate }] = createResource(() => readMeeting(props.meetingId));
  const meeting = () => {
    const latest = answer.latest;
    return latest?.ok ? latest.value : undefined;
  };
  const error = () => {
    const latest = answer.latest;
    return latest === undefined || latest.ok ? undefined : latest.error;
  };
  return (
    <Show when={meeting()} fallback={<NoMeeting error={error()} onRetry={() => void refetch()} />}>
      {(meeting) => (
        <Frame
          meeting={meeting()}
          tab={props.tab}
          onChanged={(value) => mutate({ ok: true, value, etag: "" })}
          onReload={() => void refetch()}
        />
      )}
    </Show>
  );
}

function NoMeeting(props: { readonly error: RequestError | undefined; readonly onRetry: () => void }) {
  const words = () => wordsOf("dashboard").meetings;
  return (
    <DashboardPage title={words().title} back={{ href: "/meetings", text: words().toList }}>
      <Show when={props.error} fallback={<Loading />}>
        <ErrorNotice
          error={props.error}
          action={<Button onClick={() => props.onRetry()}>{wordsOf("dashboard").tryAgain}</Button>}
        />
      </Show>
    </DashboardPage>
  );
}

interface FrameProps {
  readonly meeting: Meeting;
  readonly tab: MeetingTab;
  readonly onChanged: (meeting: Meeting) => void;
  readonly onReload: () => void;
}

function Frame(props: FrameProps) {
  const words = () => wordsOf("dashboard").meetings;
  const [round, setRound] = createSignal(0);
  const isOver = () => props.meeting.cancelledAt !== null;
  const path = (tab: MeetingTab) => `/meetings/${props.meeting.id}${tab === "details" ? "" : `/${tab}`}`;
  const tabs = () =>
    leads(props.meeting)
      ? MEETING_TABS.map((tab) => ({
        href: path(tab),
        text: words().page.tabs[tab],
        isHere: tab === props.tab,
      }))
      : undefined;
  return (
    <DashboardPage
      title={props.meeting.title}
      back={{ href: "/meetings", text: words().toList }}
      lead={<When meeting={props.meeting} />}
      actions={
        <>
          <Star meeting={props.meeting} />
          <Show when={!isOver()}>
            <ButtonLink look="primary" shape={video} href={`/r/${props.meeting.room}`}>
              {words().join}
            </ButtonLink>
          </Show>
        </>
      }
      tabs={tabs()}
    >
      <Show when={isOver()}>
        <Notice shape={alert} tone="wait">{words().page.isCancelled}</Notice>
      </Show>
      <Switch>
        <Match when={!leads(props.meeting)}>
          <MeetingInfo meeting={props.meeting} onChanged={props.onChanged} />
        </Match>
        <Match when={props.tab === "details"}>
          {/* Created again for another version of the meeting, so that its form starts from that. */}
          <Show when={`${round()}:${props.meeting.version}`} keyed>
            <MeetingDetails
              meeting={props.meeting}
              onChanged={props.onChanged}
              onReload={() => {
                setRound((before) => before + 1);
                props.onReload();
              }}
            />
          </Show>
        </Match>
        <Match when={props.tab === "people"}>
          <Invitations meeting={props.meeting} />
        </Match>
        <Match when={props.tab === "links"}>
          <Links room={props.meeting.room} />
        </Match>
      </Switch>
    </DashboardPage>
  );
}

/** The next date in words, and the repetition. */
export function When(props: { readonly meeting: Meeting }) {
  const words = () => wordsOf("dashboard").meetings;
  const said = () => {
    const time = props.meeting.time;
    if (time === null || time.recurrence === null) return undefined;
    const rule = parseRule(time.recurrence, time.start, time.timeZone);
    return rule === undefined ? words().series : sayRule(rule, time.start, words().repeat.rule, language());
  };
  return (
    <div class={styles.when}>
      <Show when={props.meeting.occurrence} fallback={<span>{words().permanent}</span>}>
        {(occurrence) => (
          <time datetime={occurrence().startsAt}>
            {fullSpanOf(
              Date.parse(occurrence().startsAt),
              Date.parse(occurrence().endsAt),
              ownZone(),
              language(),
            )}
          </time>
        )}
      </Show>
      <Show when={said()}>
        <span class={styles.rule}>
          <Icon shape={repeat} size={16} />
          {said()}
        </span>
      </Show>
    </div>
  );
}
