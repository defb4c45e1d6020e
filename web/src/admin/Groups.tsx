import { shownEmail } from "@tafelrunde/protocol";
import { createSignal, For, Show } from "solid-js";
import {
  addGroupMember,
  createGroup,
  deleteGroup,
  type Group,
  listGroupMembers,
  listGroups,
  removeGroupMember,
} from "../api/admin.ts";
import { ConfirmDialog } from "../dashboard/ConfirmDialog.tsx";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import formStyles from "../dashboard/Form.module.css";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Empty, Row, Rows, Section, Tag } from "../dashboard/Section.tsx";
import { plus } from "../ui/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { plain } from "../i18n/isolate.ts";
import { wordsOf } from "../i18n/language.ts";
import { PeoplePicker } from "../meetings/PeoplePicker.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";

/** The organisation's groups of people. */
export function Groups() {
  const words = () => wordsOf("admin").groups;
  const [isAdding, setAdding] = createSignal(false);
  const [open, setOpen] = createSignal<Group>();
  const [deleting, setDeleting] = createSignal<Group>();
  const list = createList(() => "groups", listGroups);
  const submission = createSubmission();
  const drop = async (group: Group) => {
    if (await submission.run(() => deleteGroup(group)) === undefined) return;
    setDeleting(undefined);
    list.mutate((items) => items.filter((item) => item.id !== group.id));
  };
  return (
    <Section
      title={wordsOf("admin").tabs.groups}
      lead={words().lead}
      action={<Button look="primary" shape={plus} onClick={() => setAdding(true)}>{words().add}</Button>}
    >
      <ErrorNotice error={list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <Show when={items().length > 0} fallback={<Empty title={words().empty} />}>
            <Rows label={wordsOf("admin").tabs.groups}>
              <For each={items()}>
                {(group) => (
                  <Row
                    title={
                      <>
                        {group.name}
                        <Show when={group.isExternal}>
                          <Tag>{words().external}</Tag>
                        </Show>
                      </>
                    }
                  >
                    <Button
                      look="quiet"
                      label={plain(words().editOf(group.name))}
                      onClick={() => setOpen(group)}
                    >
                      {words().edit}
                    </Button>
                    <Show when={!group.isExternal}>
                      <Button
                        look="quiet"
                        label={words().deleteOf(group.name)}
                        onClick={() => setDeleting(group)}
                      >
                        {words().delete}
                      </Button>
                    </Show>
                  </Row>
                )}
              </For>
            </Rows>
          </Show>
        )}
      </Show>
      <Show when={isAdding()}>
        <GroupDialog
          onClose={() => setAdding(false)}
          onDone={(group) => {
            setAdding(false);
            setOpen(group);
            void list.refresh();
          }}
        />
      </Show>
      <Show when={open()}>
        {(group) => <MembersDialog group={group()} onClose={() => setOpen(undefined)} />}
      </Show>
      <Show when={deleting()}>
        {(group) => (
          <ConfirmDialog
            title={words().deleteTitle(group().name)}
            text={words().deleteText}
            action={words().delete}
            submission={submission}
            onConfirm={() => drop(group())}
            onClose={() => setDeleting(undefined)}
          />
        )}
      </Show>
    </Section>
  );
}

function GroupDialog(props: { readonly onClose: () => void; readonly onDone: (group: Group) => void }) {
  const words = () => wordsOf("admin").groups;
  const [name, setName] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const keyOf = createKeys();
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (name().trim() === "") return;
    const done = await submission.run(() => createGroup(name().trim(), keyOf(name().trim())));
    if (done !== undefined) props.onDone(done.value);
  };
  return (
    <Dialog title={words().add} onClose={() => props.onClose()}>
      <form class={formStyles.form} novalidate onSubmit={(event) => void add(event)}>
        <Field
          label={words().name}
          value={name()}
          onInput={setName}
          problem={wasTried() && name().trim() === "" ? words().nameMissing : undefined}
        />
        <ErrorNotice error={submission.error()} />
        <div class={formStyles.buttons}>
          <Button type="submit" look="primary" busy={submission.isBusy()}>{words().add}</Button>
          <Button onClick={() => props.onClose()}>{wordsOf("dashboard").cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The members of a group. Those of an identity provider's group can be seen, not changed. */
function MembersDialog(props: { readonly group: Group; readonly onClose: () => void }) {
  const words = () => wordsOf("admin").groups;
  const list = createList(() => props.group.id, listGroupMembers);
  const submission = createSubmission();
  const add = async (accountId: string) => {
    if (await submission.run(() => addGroupMember(props.group.id, accountId)) !== undefined) {
      await list.refresh();
    }
  };
  const drop = async (accountId: string) => {
    if (await submission.run(() => removeGroupMember(props.group.id, accountId)) === undefined) return;
    list.mutate((items) => items.filter(({ id }) => id !== accountId));
  };
  return (
    <Dialog
      title={words().editOf(props.group.name)}
      onClose={() => props.onClose()}
      actions={<Button onClick={() => props.onClose()}>{wordsOf("dashboard").close}</Button>}
    >
      <Show when={!props.group.isExternal} fallback={<p>{words().external}</p>}>
        <PeoplePicker
          label={words().addMember}
          onlyAccounts
          taken={(list.items() ?? []).map(({ id }) => ({ account: id }))}
          onPick={({ account }) => account !== undefined && void add(account)}
        />
      </Show>
      <ErrorNotice error={submission.error() ?? list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <Show when={items().length > 0} fallback={<Empty title={words().emptyGroup} />}>
            <Rows label={plain(words().editOf(props.group.name))}>
              <For each={items()}>
                {(member) => (
                  <Row
                    before={<Avatar id={member.id} name={member.name} />}
                    title={member.name}
                    text={shownEmail(member.email ?? "")}
                  >
                    <Show when={!props.group.isExternal}>
                      <Button
                        look="quiet"
                        label={words().removeMember(member.name)}
                        onClick={() => void drop(member.id)}
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
    </Dialog>
  );
}
