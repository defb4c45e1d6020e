import assert from "node:assert/strict";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { insertPasskey } from "../edge/store/passkey.ts";
import type { JsonSchema, OpenApi } from "../edge/http/openapi.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, signIn } from "./rest_client.ts";

type Json = Record<string, unknown>;

/** A resource that can be patched, with all fields non-default, and how to read it. */
interface Patched {
  readonly path: string;
  /** Its first values. */
  readonly full: Json;
  /** Another value of each part that can be changed, by dotted path. */
  readonly others: Json;
  /** The value of a part after null has removed it, by dotted path; undefined: null is refused. */
  readonly absent: Readonly<Record<string, unknown>>;
  read(): Promise<Json>;
}

const LOGO = "data:image/png;base64,AAAA";
const TIME = {
  start: "2031-05-05T09:00",
  timeZone: "Europe/Paris",
  durationMinutes: 45,
  recurrence: "FREQ=DAILY;COUNT=3",
};

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((inside, name) => (inside as Json | null)?.[name], value);
}

function patchOf(path: string, value: unknown): Json {
  return path.split(".").reduceRight<unknown>((inside, name) => ({ [name]: inside }), value) as Json;
}

function clone(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

/** RFC 7396 §2, word for word. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged = typeof target === "object" && target !== null && !Array.isArray(target)
    ? { ...target } as Json
    : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/** The parts of a patch's schema, by dotted path: leaves and the objects that contain them. */
function partsOf(api: OpenApi, given: JsonSchema, path = ""): string[] {
  const schema = given.$ref === undefined ? given : api.components.schemas[given.$ref.split("/").at(-1)!]!;
  const [first] = schema.anyOf ?? [];
  if (typeof first === "object") return partsOf(api, first, path);
  if (schema.type !== "object") return [path];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    partsOf(api, field as JsonSchema, path === "" ? name : `${path}.${name}`)
  );
  return path === "" ? inside : [path, ...inside];
}

testOnStores(
  "[A30] PATCH is a JSON Merge Patch, for every field at every depth",
  async ({ store }, t) => {
    const { db } = store;
    await using edge = await startTestEdge({ store });
    const tenant = await makeTenant(db, "house");
    const admin = await signIn(db, edge.origin, tenant, { name: "Ada", role: "admin" });
    const anna = await signIn(db, edge.origin, tenant, { name: "Anna" });
    const operator = await signIn(db, edge.origin, DEFAULT_TENANT, { role: "admin", isOperator: true });
    const api: OpenApi = await admin.get("GET", "/v1/openapi.json");
    const { room } = await admin.get<{ room: string }>("POST", "/v1/rooms", {});
    const { id: group } = await admin.get<{ id: string }>("POST", "/v1/groups", { name: "Altos" });
    const meeting = await admin.get<{ id: string }>("POST", "/v1/meetings?notify=false", {
      title: "Choir",
      time: { ...TIME, start: "2031-01-01T10:00" },
      invite: [{ account: anna.account, role: "presenter" }],
    });
    const { items: [invitation] } = await admin.get<{ items: { id: string }[] }>(
      "GET",
      `/v1/meetings/${meeting.id}/invitations`,
    );
    await insertPasskey(db, admin.account, {
      id: "3q2-7w",
      name: "Phone",
      publicKey: new Uint8Array(8),
      counter: 0,
      transports: [],
    }, Date.now());
    const reading = (path: string) => () => admin.get<Json>("GET", path);
    const settings = { waitingRoom: "everyone", joinBeforeHost: false, guests: false, maxParticipants: 7 };
    const audience = {
      speak: "members",
      camera: "members",
      share: "members",
      chat: "members",
      rename: "members",
      react: "members",
    };
    const everyone = {
      speak: "everyone",
      camera: "everyone",
      share: "everyone",
      chat: "everyone",
      rename: "everyone",
      react: "everyone",
    };
    const inside = (name: string, values: Json) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]));
    const noBranding = { accent: null, logo: null, imprintUrl: null, privacyUrl: null };
    const noQuota = { maxParticipants: null, maxRooms: null, maxMinutes: null, maxStorageBytes: null };
    const noSettings = {
      waitingRoom: "off",
      joinBeforeHost: true,
      guests: true,
      maxParticipants: 500,
      ...everyone,
    };
    const moderators = Object.fromEntries(Object.keys(audience).map((name) => [name, "moderators"]));
    const branding = {
      accent: "#112233",
      logo: LOGO,
      imprintUrl: "https://example.org/i",
      privacyUrl: "https://example.org/p",
    };
    const quota = { maxParticipants: 9, maxRooms: 9, maxMinutes: 9, maxStorageBytes: 90_000 };
    const resources: Record<string, Patched> = {
      account_change: {
        path: "/v1/account",
        full: { name: "Ada B", language: "de", timeZone: "Europe/Berlin", mailsAnswers: false },
        others: { name: "Ada C", language: "en", timeZone: "Europe/Paris", mailsAnswers: true },
        absent: { language: null, timeZone: null, mailsAnswers: true },
        read: reading("/v1/account"),
      },
      account_passkeys_change: {
        path: "/v1/account/passkeys/3q2-7w",
        full: { name: "Laptop" },
        others: { name: "Desk" },
        absent: {},
        read: async () => ({
          ...(await admin.get<{ passkeys: Json[] }>("GET", "/v1/account/methods")).passkeys[0],
        }),
      },
      tenant_change: {
        path: "/v1/tenant",
        full: { name: "House", branding },
        others: {
          name: "Home",
          ...inside("branding", { ...branding, accent: "#445566", logo: `${LOGO}AAAA` }),
        },
        absent: { branding: noBranding, ...inside("branding", noBranding) },
        read: reading("/v1/tenant"),
      },
      tenants_change: {
        path: `/v1/tenants/${tenant}`,
        full: { slug: "the-house", name: "House", domain: "house.example.org", quota },
        others: {
          slug: "a-house",
          name: "Home",
          domain: "home.example.org",
          ...inside("quota", { ...quota, maxRooms: 8 }),
        },
        absent: { domain: null, quota: noQuota, ...inside("quota", noQuota) },
        read: () => operator.get("GET", `/v1/tenants/${tenant}`),
      },
      rooms_change: {
        path: `/v1/rooms/${room}`,
        full: { name: "Hall", slug: "hall", settings: { ...settings, ...audience } },
        others: {
          name: "Attic",
          slug: "attic",
          owner: anna.account,
          ...inside("settings", {
            waitingRoom: "guests",
            joinBeforeHost: true,
            guests: true,
            maxParticipants: 8,
            ...moderators,
          }),
        },
        absent: { name: "", slug: null, settings: noSettings, ...inside("settings", noSettings) },
        read: reading(`/v1/rooms/${room}`),
      },
      meetings_change: {
        path: `/v1/meetings/${meeting.id}`,
        full: { title: "Choir", description: "Scores", time: TIME },
        others: {
          title: "Band",
          description: "Drums",
          ...inside("time", {
            start: "2031-06-02T10:00",
            timeZone: "Asia/Tokyo",
            durationMinutes: 20,
            recurrence: "FREQ=WEEKLY;COUNT=2",
          }),
        },
        absent: { description: "", "time.recurrence": null },
        read: reading(`/v1/meetings/${meeting.id}`),
      },
      meetings_invitations_change: {
        path: `/v1/meetings/${meeting.id}/invitations/${invitation!.id}`,
        full: { role: "guest" },
        others: { role: "moderator" },
        absent: { role: null },
        read: async () => ({
          ...(await admin.get<{ items: Json[] }>("GET", `/v1/meetings/${meeting.id}/invitations`)).items[0],
        }),
      },
      people_change: {
        path: `/v1/people/${anna.account}`,
        full: { name: "Anna B", role: "admin", isDisabled: true },
        others: { name: "Anna C", role: "member", isDisabled: false },
        absent: { role: "member", isDisabled: false },
        read: reading(`/v1/people/${anna.account}`),
      },
      groups_change: {
        path: `/v1/groups/${group}`,
        full: { name: "Basses" },
        others: { name: "Tenors" },
        absent: {},
        read: reading(`/v1/groups/${group}`),
      },
    };
    const patching = Object.values(api.paths).flatMap((methods) => methods["patch"] ?? []);

    await t.step("each route with PATCH is tested", () => {
      assert.deepEqual(patching.map(({ operationId }) => operationId).sort(), Object.keys(resources).sort());
    });

    for (const { operationId, requestBody } of patching) {
      const { path, full, others, absent, read } = resources[operationId]!;
      const who = operationId === "tenants_change" ? operator : admin;
      const send = (patch: unknown, type = "application/merge-patch+json") =>
        who.ask("PATCH", path, patch, { "if-match": "*", "content-type": type });
      const parts = partsOf(api, requestBody!.content["application/json"]!.schema);
      const changeable = Object.keys(full);
      const seen = async () => {
        const resource = await read();
        return clone(Object.fromEntries(changeable.map((name) => [name, resource[name]])));
      };
      const apply = async (patch: unknown, type?: string) => {
        const response = await send(patch, type);
        const text = await response.text();
        assert.ok(response.ok, `${operationId} ${JSON.stringify(patch)}: ${response.status} ${text}`);
      };

      for (const part of parts) {
        await t.step(`${operationId}: ${part}`, async () => {
          await apply(full, "application/json");
          const before = await seen();
          assert.deepEqual(before, full);
          await apply({});
          assert.deepEqual(await seen(), before, "an empty patch");
          const top = part.split(".")[0]!;
          if (Object.hasOwn(others, part) && changeable.includes(top)) {
            const patch = patchOf(part, others[part]);
            await apply(patch);
            assert.deepEqual(await seen(), mergePatch(before, patch), JSON.stringify(patch));
            await apply(full);
          } else if (!Object.hasOwn(others, part)) await apply(patchOf(part, {}));
          assert.deepEqual(await seen(), before, "an empty object changes nothing");

          const away = patchOf(part, null);
          if (!Object.hasOwn(absent, part)) {
            const response = await send(away);
            assert.equal(response.status, 422, `${operationId} ${JSON.stringify(away)}`);
            await response.body?.cancel();
            assert.deepEqual(await seen(), before);
            return;
          }
          await apply(away);
          const after = await seen();
          assert.deepEqual(at(after, part), absent[part], JSON.stringify(away));
          // Nothing else has changed.
          const rest = (value: Json) => mergePatch(value, away);
          assert.deepEqual(rest(after), rest(before), JSON.stringify(away));
        });
      }
    }

    await t.step("a permanent meeting accepts a whole time, and no part of one", async () => {
      const { id } = await admin.get<{ id: string }>("POST", "/v1/meetings", { title: "Open", time: null });
      const patch = (time: unknown) =>
        admin.ask("PATCH", `/v1/meetings/${id}`, { time }, { "if-match": "*" });
      const refused = await patch({ durationMinutes: 30 });
      const { fields } = await refused.json() as { fields: { name: string; reason: string }[] };
      assert.deepEqual([refused.status, ...fields.map(({ name, reason }) => `${name} ${reason}`)], [
        422,
        "time.start missing",
        "time.timeZone missing",
      ]);
      const taken = await patch({ start: TIME.start, timeZone: TIME.timeZone, durationMinutes: 30 });
      assert.deepEqual((await taken.json() as Json)["time"], {
        ...TIME,
        durationMinutes: 30,
        recurrence: null,
      });
    });
    assert.deepEqual(edge.complaints, []);
  },
);
