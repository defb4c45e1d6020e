import { shownEmail } from "@tafelrunde/protocol";
import { createSignal, For, Show } from "solid-js";
import {
  changeInvitation,
  type Invitation,
  invite,
  type InvitedRole,
  listInvitations,
  type Meeting,
  uninvite,
} from "../api/meetings.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Empty, Row, Rows, Section, Tag } from "../dashboard/Section.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { personOf } from "./NewMeeting.tsx";
import { type Candidate, PeoplePicker, RolePicker } from "./PeoplePicker.tsx";

const TONES = { none: "plain", accepted: "good", tentative: "wait", declined: "bad" } as const;

/** The invited people, their roles and answers. */
export function Invitations(props: { readonly meeting: Meeting }) {
  const words = () => wordsOf("dashboard").meetings.people;
  const list = createList(() => props.meeting.id, listInvitations);
  const submission = createSubmission();
  const [invited, setInvited] = createSignal("");
  const add = async (person: Candidate) => {
    const done = await submission.run(() => invite(props.meeting.id, [personOf(person)]));
    if (done === undefined) return;
    setInvited(person.name);
    await list.refresh();
  };
  const setRole = async ({ id }: Invitation, role: InvitedRole) => {
    const done = await submission.run(() => changeInvitation(props.meeting.id, id, role));
    list.mutate((items) => items.map((item) => item.id !== id ? item : { ...item, ...done?.value }));
  };
  const drop = async ({ id }: Invitation) => {
    if (await submission.run(() => uninvite(props.meeting.id, id)) === undefined) return;
    list.mutate((items) => items.filter((item) => item.id !== id));
  };
  const sum = () => {
    const items = list.items() ?? [];
    const of = (answer: Invitation["answer"]) => items.filter((item) => item.answer === answer).length;
    return words().sum(of("accepted"), of("tentative"), of("declined"), of("none"));
  };
  return (
    <Section title={words().title} lead={words().lead}>
      <Show when={props.meeting.cancelledAt === null}>
        <PeoplePicker taken={list.items() ?? []} onPick={(person) => void add(person)} />
      </Show>
      <ErrorNotice error={submission.error() ?? list.error()} />
      <p class="heard" role="status">{invited() && words().isInvited(invited())}</p>
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <Show when={items().length > 0} fallback={<Empty title={words().empty} />}>
            <Show when={!list.hasMore()}>
              <p>{sum()}</p>
            </Show>
            <Rows label={words().title}>
              <For each={items()}>
                {(invitation) => (
                  <Row
                    before={<Avatar id={invitation.account ?? invitation.id} name={nameOf(invitation)} />}
                    title={
                      <>
                        {nameOf(invitation)}
                        <Tag tone={TONES[invitation.answer]}>{words().answers[invitation.answer]}</Tag>
                      </>
                    }
                    text={[
                      invitation.name === "" ? "" : shownEmail(invitation.email ?? ""),
                      invitation.account === null ? words().outside : "",
                    ].filter(Boolean).join(" · ")}
                  >
                    <Show
                      when={invitation.role !== "owner"}
                      fallback={<Tag>{wordsOf("dashboard").roles.owner}</Tag>}
                    >
                      <RolePicker
                        name={nameOf(invitation)}
                        role={invitation.role as InvitedRole}
                        hasAccount={invitation.account !== null}
                        onChoose={(role) => setRole(invitation, role)}
                      />
                      <Button
                        look="quiet"
                        label={words().removeOf(nameOf(invitation))}
                        onClick={() => void drop(invitation)}
                      >
                        {words().remove}
                      </Button>
                    </Show>
                  </Row>
                )}
              </For>
            </Rows>
            <Show when={list.hasMore()}>
              <Button onClick={() => void list.loadMore()}>{wordsOf("dashboard").more}</Button>
            </Show>
          </Show>
        )}
      </Show>
    </Section>
  );
}

function nameOf({ name, email }: Invitation): string {
  return name || shownEmail(email ?? "") || "?";
}
