import { createResource, Show } from "solid-js";
import { readTenant, readUsage, type Tenant, type TenantUsage } from "../api/admin.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Section } from "../dashboard/Section.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { language, wordsOf } from "../i18n/language.ts";
import styles from "./Admin.module.css";

/** The organisation's usage and its limits. */
export function Usage() {
  const words = () => wordsOf("admin").usage;
  const [answers] = createResource(() => Promise.all([readTenant(), readUsage()]));
  const error = () => answers()?.find((answer) => !answer.ok);
  const both = () => {
    const [tenant, usage] = answers() ?? [];
    return tenant?.ok && usage?.ok ? { quota: tenant.value.quota, usage: usage.value } : undefined;
  };
  return (
    <Section title={wordsOf("admin").tabs.usage} lead={words().lead}>
      <Show when={error()}>
        {(answer) => <ErrorNotice error={errorOf(answer())} />}
      </Show>
      <Show when={both()} fallback={error() ? undefined : <Loading />}>
        {(both) => <Meters quota={both().quota} usage={both().usage} />}
      </Show>
    </Section>
  );
}

function errorOf(answer: Awaited<ReturnType<typeof readTenant | typeof readUsage>>) {
  return answer.ok ? undefined : answer.error;
}

function Meters(props: { readonly quota: Tenant["quota"]; readonly usage: TenantUsage }) {
  const words = () => wordsOf("admin").usage;
  return (
    <dl class={styles.meters}>
      <Meter name={words().people} used={props.usage.people} />
      <Meter name={words().rooms} used={props.usage.rooms} limit={props.quota.maxRooms} />
      <Meter name={words().minutes} used={props.usage.minutes} limit={props.quota.maxMinutes} />
      <Meter
        name={words().storage}
        used={props.usage.storageBytes}
        limit={props.quota.maxStorageBytes}
        isBytes
      />
      <Meter name={words().participants} used={props.quota.maxParticipants} />
    </dl>
  );
}

interface MeterProps {
  readonly name: string;
  /** Null: unlimited. */
  readonly used: number | null;
  /** Null: no limit; undefined: this kind has none. */
  readonly limit?: number | null;
  readonly isBytes?: boolean;
}

function Meter(props: MeterProps) {
  const words = () => wordsOf("admin").usage;
  const say = (n: number) => props.isBytes ? sizeText(n) : new Intl.NumberFormat(language()).format(n);
  const text = () => {
    if (props.used === null) return words().noLimit;
    if (props.limit === undefined) return say(props.used);
    return props.limit === null ? say(props.used) : words().of(say(props.used), say(props.limit));
  };
  return (
    <div class={styles.meter}>
      <dt>{props.name}</dt>
      <dd>
        {text()}
        <Show when={props.limit === null}>
          <small>{words().noLimit}</small>
        </Show>
      </dd>
      <Show when={props.limit}>
        {(limit) => (
          <meter
            aria-label={props.name}
            min={0}
            max={limit()}
            low={limit() * 0.8}
            high={limit() * 0.95}
            optimum={0}
            value={props.used ?? 0}
          />
        )}
      </Show>
    </div>
  );
}

/** "12.4 MB", decimal. */
function sizeText(bytes: number): string {
  const [unit, size] = bytes >= 1e9
    ? ["gigabyte", 1e9] as const
    : bytes >= 1e6
    ? ["megabyte", 1e6] as const
    : ["kilobyte", 1e3] as const;
  return new Intl.NumberFormat(language(), { style: "unit", unit, maximumFractionDigits: 1 }).format(
    bytes / size,
  );
}
