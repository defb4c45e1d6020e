import { createSignal, For, Show } from "solid-js";
import { endAllSessions, endSession, listSessions, type Session } from "../api/account.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Row, Rows, Section, Tag } from "../dashboard/Section.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { momentText } from "../i18n/dates.ts";
import { language, wordsOf } from "../i18n/language.ts";
import { signedOut } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";

/** The signed-in browsers, each with a sign-out. */
export function Sessions() {
  const words = () => wordsOf("account");
  const list = createList(() => "sessions", listSessions);
  const [isAsking, setAsking] = createSignal(false);
  const submission = createSubmission();
  const end = async ({ id }: Session) => {
    if (await submission.run(() => endSession(id))) await list.refresh();
  };
  const endAll = async () => {
    if (await submission.run(endAllSessions) === undefined) return;
    signedOut();
  };
  return (
    <Section
      title={words().sessions}
      action={<Button onClick={() => setAsking(true)}>{words().signOutAll}</Button>}
    >
      <ErrorNotice error={submission.error() ?? list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(sessions) => (
          <Rows label={words().sessions}>
            <For each={sessions()}>
              {(session) => (
                <Row
                  title={
                    <>
                      {session.device}
                      <Show when={session.isCurrent}>
                        <Tag tone="good">{words().sessionHere}</Tag>
                      </Show>
                    </>
                  }
                  text={words().sessionSeen(momentText(language(), session.seenAt))}
                >
                  <Show when={!session.isCurrent}>
                    <Button
                      look="quiet"
                      label={words().signOutOf(session.device)}
                      onClick={() => void end(session)}
                    >
                      {words().signOut}
                    </Button>
                  </Show>
                </Row>
              )}
            </For>
          </Rows>
        )}
      </Show>
      <Show when={isAsking()}>
        <Dialog
          title={words().signOutAll}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{wordsOf("dashboard").cancel}</Button>
              <Button look="primary" busy={submission.isBusy()} onClick={() => void endAll()}>
                {words().signOutAll}
              </Button>
            </>
          }
        >
          <p>{words().signOutAllText}</p>
        </Dialog>
      </Show>
    </Section>
  );
}
