import { createEffect, createSignal, on, Show } from "solid-js";
import { type Meeting, setFavourite } from "../api/meetings.ts";
import { readLinkForAll } from "../api/rooms.ts";
import { CopyButton } from "../dashboard/CopyField.tsx";
import { Tag } from "../dashboard/Section.tsx";
import { repeat, star, video } from "../dashboard/icons.ts";
import { language, wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Icon } from "../ui/Icon.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import styles from "./MeetingRow.module.css";
import { dayOf, spanOf } from "./when.ts";
import { ownZone } from "./zone.ts";

/** Whether the caller leads the meeting. A caller without a role in it sees it as an administrator. */
export function leads({ role }: Meeting): boolean {
  return role === "owner" || role === "moderator" || role === null;
}

interface MeetingRowProps {
  readonly meeting: Meeting;
  /** It is running: joining is the main action. */
  readonly isNow: boolean;
  /** Whether to show its day, because no heading does. */
  readonly withDay: boolean;
  readonly onUnstarred: () => void;
}

/** One meeting in a list: time, title, and links to it. */
export function MeetingRow(props: MeetingRowProps) {
  const words = () => wordsOf("dashboard").meetings;
  const title = () => props.meeting.occurrence?.title || props.meeting.title;
  const path = () => `/meetings/${props.meeting.id}`;
  const linkForAll = async () => {
    const answer = await readLinkForAll(props.meeting.room);
    return answer.ok ? answer.value.url : undefined;
  };
  const isOver = () => props.meeting.cancelledAt !== null;
  return (
    <li class={styles.row} data-now={props.isNow ? "" : undefined}>
      <div class={styles.when}>
        <When meeting={props.meeting} withDay={props.withDay} />
      </div>
      <div class={styles.what}>
        <a class={styles.title} href={path()} tabindex={0} dir="auto">{title()}</a>
        <div class={styles.tags}>
          <Tags meeting={props.meeting} />
        </div>
      </div>
      <div class={styles.mark}>
        <Star meeting={props.meeting} onUnstarred={props.onUnstarred} />
      </div>
      <div class={styles.ways}>
        <Show when={!isOver()}>
          <Show when={leads(props.meeting)}>
            <CopyButton look="quiet" text={linkForAll} label={words().copyLinkOf(title())}>
              {words().copyLink}
            </CopyButton>
          </Show>
          <ButtonLink
            look={props.isNow ? "primary" : "plain"}
            shape={video}
            href={`/r/${props.meeting.room}`}
            label={words().joinOf(title())}
          >
            {words().join}
          </ButtonLink>
        </Show>
      </div>
    </li>
  );
}

function When(props: { readonly meeting: Meeting; readonly withDay: boolean }) {
  const words = () => wordsOf("dashboard").meetings;
  return (
    <Show
      when={props.meeting.occurrence}
      fallback={props.meeting.isAdhoc ? words().adhoc : words().permanent}
    >
      {(occurrence) => {
        const from = () => Date.parse(occurrence().startsAt);
        const to = () => Date.parse(occurrence().endsAt);
        return (
          <>
            <Show when={props.withDay}>
              <span class={styles.day}>{dayOf(from(), ownZone(), language(), Date.now(), words())}</span>
            </Show>
            <time datetime={occurrence().startsAt}>{spanOf(from(), to(), ownZone(), language())}</time>
          </>
        );
      }}
    </Show>
  );
}

function Tags(props: { readonly meeting: Meeting }) {
  const words = () => wordsOf("dashboard").meetings;
  const isMine = () => props.meeting.owner.id === account()?.id;
  return (
    <>
      <Show when={!isMine()}>
        <span>{words().host(props.meeting.owner.name)}</span>
      </Show>
      <Show when={props.meeting.time?.recurrence}>
        <span class={styles.icon}>
          <Icon shape={repeat} size={16} />
          {words().series}
        </span>
      </Show>
      <Show when={props.meeting.cancelledAt !== null || props.meeting.occurrence?.isCancelled}>
        <Tag tone="bad">{words().cancelled}</Tag>
      </Show>
      <Show when={!isMine() && props.meeting.cancelledAt === null && props.meeting.answer}>
        {(answer) => (
          <Tag tone={answer() === "accepted" ? "good" : answer() === "none" ? "wait" : "plain"}>
            {words().people.answers[answer()]}
          </Tag>
        )}
      </Show>
    </>
  );
}

/** Marks or unmarks the meeting's room as a favourite. */
export function Star(props: { readonly meeting: Meeting; readonly onUnstarred?: () => void }) {
  const [isOne, setOne] = createSignal(props.meeting.isFavourite);
  createEffect(on(() => props.meeting.isFavourite, setOne, { defer: true }));
  const toggle = async () => {
    const wanted = !isOne();
    setOne(wanted);
    const answer = await setFavourite(props.meeting.room, wanted);
    if (!answer.ok) setOne(!wanted);
    else if (!wanted) props.onUnstarred?.();
  };
  return (
    <IconButton
      shape={star}
      isOn={isOne()}
      label={wordsOf("dashboard").meetings.favourite(props.meeting.title)}
      onClick={() => void toggle()}
    />
  );
}
