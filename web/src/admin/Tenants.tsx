import { shownHost } from "@tafelrunde/protocol";
import { createSignal, For, Show } from "solid-js";
import { createTenant, listTenants, operateTenant, type Tenant, type TenantQuota } from "../api/admin.ts";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import formStyles from "../dashboard/Form.module.css";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Row, Rows, Section } from "../dashboard/Section.tsx";
import { plus } from "../ui/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";

/** Bytes of a megabyte as the form counts them. */
const MEGABYTE = 1_000_000;

/** For operators: the organisations of this installation, and their limits. */
export function Tenants() {
  const words = () => wordsOf("admin").tenants;
  const [editing, setEditing] = createSignal<Tenant | "new">();
  const list = createList(() => "tenants", listTenants);
  return (
    <Section
      title={wordsOf("admin").tabs.tenants}
      lead={words().lead}
      action={<Button look="primary" shape={plus} onClick={() => setEditing("new")}>{words().add}</Button>}
    >
      <ErrorNotice error={list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <Rows label={wordsOf("admin").tabs.tenants}>
            <For each={items()}>
              {(tenant) => (
                <Row
                  title={tenant.name}
                  text={[tenant.slug, shownHost(tenant.domain ?? "")].filter(Boolean).join(" · ")}
                >
                  <Button
                    look="quiet"
                    label={words().editOf(tenant.name)}
                    onClick={() => setEditing(tenant)}
                  >
                    {words().edit}
                  </Button>
                </Row>
              )}
            </For>
          </Rows>
        )}
      </Show>
      <Show when={list.hasMore()}>
        <div>
          <Button onClick={() => void list.loadMore()}>{wordsOf("dashboard").more}</Button>
        </div>
      </Show>
      <Show when={editing()} keyed>
        {(tenant) => (
          <TenantDialog
            tenant={tenant === "new" ? undefined : tenant}
            onClose={() => setEditing(undefined)}
            onDone={() => {
              setEditing(undefined);
              void list.refresh();
            }}
          />
        )}
      </Show>
    </Section>
  );
}

interface TenantDialogProps {
  /** Undefined: a new organisation. */
  readonly tenant: Tenant | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function TenantDialog(props: TenantDialogProps) {
  const words = () => wordsOf("admin").tenants;
  const { tenant } = props;
  const [name, setName] = createSignal(tenant?.name ?? "");
  const [slug, setSlug] = createSignal(tenant?.slug ?? "");
  const [domain, setDomain] = createSignal(shownHost(tenant?.domain ?? ""));
  const [quota, setQuota] = createSignal<TenantQuota>(
    tenant?.quota ?? { maxParticipants: null, maxRooms: null, maxMinutes: null, maxStorageBytes: null },
  );
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const keyOf = createKeys();
  const isSlug = () => /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/.test(slug().trim());
  const limits = () =>
    [
      ["maxParticipants", words().maxParticipants, 1],
      ["maxRooms", words().maxRooms, 1],
      ["maxMinutes", words().maxMinutes, 1],
      ["maxStorageBytes", words().maxStorage, MEGABYTE],
    ] as const;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (name().trim() === "" || !isSlug()) return;
    const body = {
      name: name().trim(),
      slug: slug().trim(),
      domain: domain().trim() || null,
      quota: quota(),
    };
    const done = await submission.run(() =>
      tenant === undefined ? createTenant(body, keyOf(body)) : operateTenant(tenant, body)
    );
    if (done !== undefined) props.onDone();
  };
  return (
    <Dialog title={tenant === undefined ? words().add : tenant.name} onClose={() => props.onClose()}>
      <form class={formStyles.form} novalidate onSubmit={(event) => void save(event)}>
        <Field
          label={words().name}
          value={name()}
          onInput={setName}
          problem={wasTried() && name().trim() === "" ? words().nameMissing : undefined}
        />
        <Field
          label={words().slug}
          hint={words().slugHint}
          value={slug()}
          onInput={setSlug}
          problem={wasTried() && !isSlug() ? words().slugWrong : undefined}
        />
        <Field label={words().domain} hint={words().domainHint} value={domain()} onInput={setDomain} />
        <div>
          <h3>{words().limits}</h3>
          <p class={formStyles.soft}>{words().limitHint}</p>
        </div>
        <div class={formStyles.pair}>
          <For each={limits()}>
            {([field, label, unit]) => (
              <Field
                label={label}
                type="number"
                inputmode="numeric"
                min={1}
                value={String((quota()[field] ?? 0) / unit || "")}
                onInput={(text) =>
                  setQuota((before) => ({
                    ...before,
                    [field]: text === "" ? null : Math.round(Number(text) * unit),
                  }))}
              />
            )}
          </For>
        </div>
        <ErrorNotice error={submission.error()} />
        <div class={formStyles.buttons}>
          <Button type="submit" look="primary" busy={submission.isBusy()}>
            {tenant === undefined ? words().create : wordsOf("dashboard").save}
          </Button>
          <Button onClick={() => props.onClose()}>{wordsOf("dashboard").cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
