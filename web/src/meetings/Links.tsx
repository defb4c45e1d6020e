import { createResource, createSignal, For, Show } from "solid-js";
import { listLinks, readLinkForAll, revokeLink, type RoomLink } from "../api/rooms.ts";
import { ConfirmDialog } from "../dashboard/ConfirmDialog.tsx";
import { createSubmission } from "../dashboard/submission.ts";
import { CopyField } from "../dashboard/CopyField.tsx";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Empty, Row, Rows, Section, Tag } from "../dashboard/Section.tsx";
import { plus } from "../ui/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { dayText, momentText } from "../i18n/dates.ts";
import { language, wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { LinkDialog } from "./LinkDialog.tsx";

/** A room's links: the one for everyone, and separately those with a role. */
export function Links(props: { readonly room: string }) {
  const words = () => wordsOf("dashboard").meetings.links;
  const [isMaking, setMaking] = createSignal(false);
  const [revoking, setRevoking] = createSignal<RoomLink>();
  const [forAll, { refetch }] = createResource(() => readLinkForAll(props.room));
  // After it: requesting the link for everyone might have created it.
  const list = createList(() => forAll.latest && props.room, listLinks);
  const submission = createSubmission();
  const url = () => {
    const latest = forAll.latest;
    return latest?.ok ? latest.value.url : undefined;
  };
  const error = () => {
    const latest = forAll.latest;
    return latest === undefined || latest.ok ? list.error() ?? submission.error() : latest.error;
  };
  const revoke = async (link: RoomLink) => {
    if (await submission.run(() => revokeLink(props.room, link.id)) === undefined) return;
    setRevoking(undefined);
    if (link.role === null) await refetch();
    await list.refresh();
  };
  const plain = () => list.items()?.filter(({ role }) => role === null) ?? [];
  const withRole = () => list.items()?.filter(({ role }) => role !== null) ?? [];
  return (
    <>
      <Section title={words().title} lead={words().lead}>
        <ErrorNotice error={error()} />
        <Show when={url()}>
          {(url) => <CopyField label={words().url} value={url()} />}
        </Show>
        <Show when={list.items()} fallback={<Loading />}>
          <LinkRows label={words().title} links={plain()} onRevoke={setRevoking} />
        </Show>
      </Section>
      <Section
        title={words().roleTitle}
        lead={words().roleLead}
        action={<Button shape={plus} onClick={() => setMaking(true)}>{words().roleAdd}</Button>}
      >
        <Show when={withRole().length > 0} fallback={<Empty title={words().roleEmpty} />}>
          <LinkRows label={words().roleTitle} links={withRole()} onRevoke={setRevoking} />
        </Show>
      </Section>
      <Show when={isMaking()}>
        <LinkDialog
          room={props.room}
          onClose={() => {
            setMaking(false);
            void list.refresh();
          }}
        />
      </Show>
      <Show when={revoking()}>
        {(link) => (
          <ConfirmDialog
            title={words().revokeTitle}
            text={words().revokeText}
            action={words().revoke}
            submission={submission}
            onConfirm={() => revoke(link())}
            onClose={() => setRevoking(undefined)}
          />
        )}
      </Show>
    </>
  );
}

interface LinkRowsProps {
  readonly label: string;
  readonly links: readonly RoomLink[];
  readonly onRevoke: (link: RoomLink) => void;
}

function LinkRows(props: LinkRowsProps) {
  const words = () => wordsOf("dashboard").meetings.links;
  const nameOf = ({ label, role }: RoomLink) =>
    label || (role === null ? words().forAll : wordsOf("dashboard").roles[role]);
  const isExpired = ({ expiresAt }: RoomLink) => expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  const facts = (link: RoomLink) =>
    [
      words().createdAt(dayText(language(), link.createdAt)),
      link.expiresAt === null ? "" : words().until(momentText(language(), link.expiresAt)),
      link.maxUses === null && link.uses === 0 ? "" : words().used(link.uses, link.maxUses),
    ].filter(Boolean).join(" · ");
  return (
    <Rows label={props.label}>
      <For each={props.links}>
        {(link) => (
          <Row
            title={
              <>
                {nameOf(link)}
                <Show when={link.role}>
                  {(role) => <Tag tone="wait">{words().badge(wordsOf("dashboard").roles[role()])}</Tag>}
                </Show>
                <Show when={link.revokedAt !== null}>
                  <Tag tone="bad">{words().revoked}</Tag>
                </Show>
                <Show when={link.revokedAt === null && isExpired(link)}>
                  <Tag tone="bad">{words().expired}</Tag>
                </Show>
              </>
            }
            text={facts(link)}
          >
            <Show when={link.revokedAt === null}>
              <Button
                look="quiet"
                label={words().revokeOf(nameOf(link))}
                onClick={() => props.onRevoke(link)}
              >
                {words().revoke}
              </Button>
            </Show>
          </Row>
        )}
      </For>
    </Rows>
  );
}
