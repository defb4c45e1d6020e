import assert from "node:assert/strict";
import { newRowId, randomToken, type TokenId, type TokenKind } from "@tafelrunde/protocol";
import { hashSecret } from "../../edge/identity/secret.ts";
import { SignalClient } from "../signal_client.ts";
import { type RoomOfTwo, testInRoom } from "./two_edges.ts";

interface Made {
  readonly tokenId: TokenId;
  readonly secret: string;
}

async function make(client: SignalClient, kind: TokenKind, name: string, lastsMs = 60_000): Promise<Made> {
  const tokenId = newRowId() as TokenId;
  const secret = randomToken();
  const made = await client.ask({
    type: "token.make",
    tokenId,
    kind,
    name,
    hash: hashSecret(secret),
    lastsMs,
  });
  assert.equal(made.type, "token.made", JSON.stringify(made));
  return { tokenId, secret };
}

/** Somebody who comes by a token, through an edge; without cookie, link and tab. */
const comer = ({ olga, keep }: RoomOfTwo, token: string) => keep(new SignalClient(olga.room, { token }));

const codeOf = (answer: { readonly type: string; readonly code?: string }) => answer.code ?? answer.type;

const isRefusedAt = (client: SignalClient, origin: string) =>
  assert.rejects(client.enter(origin), /closed with 4404/);

testInRoom(
  "[J18] [J19] a phone comes by a token through the other edge, without waiting, and everyone sees what it is",
  async (room) => {
    const { olga, ben, edges: [first, second] } = room;
    await olga.ask({ type: "room.change", settings: { waitingRoom: "everyone", guests: false } });
    const { secret, tokenId } = await make(olga, "phone", "Hall 3");
    const phone = await comer(room, secret).join(second.origin, "ignored");
    const seen = ben.state.participants[phone.you!]!;
    assert.deepEqual([seen.name, seen.kind, seen.role, seen.token], ["Hall 3", "phone", "guest", tokenId]);
    // One token is one participant, at whichever edge.
    const again = await comer(room, secret).enter(first.origin);
    assert.equal(again.you, phone.you);
    await phone.until(() => phone.closed?.code === 4409);
    // Only moderators see tokens.
    assert.deepEqual(Object.keys(olga.state.token), [tokenId]);
    assert.deepEqual(ben.state.token, {});
    assert.ok(!JSON.stringify(ben.received).includes(hashSecret(secret)));
  },
);

testInRoom("[J20] [R1] each kind may do what is its own, and nothing else", async (room) => {
  const { olga, ben, edges: [, second] } = room;
  assert.equal(
    codeOf(
      await ben.ask({
        type: "token.make",
        tokenId: newRowId() as TokenId,
        kind: "phone",
        name: "x",
        hash: "f".repeat(64),
        lastsMs: 60_000,
      }),
    ),
    "makeTokens.notAllowed",
  );
  const mayDo = { phone: ["hand.raise"], ingest: [], recorder: [] } as const;
  for (const [kind, may] of Object.entries(mayDo) as [TokenKind, readonly string[]][]) {
    const { secret } = await make(olga, kind, kind);
    const client = await comer(room, secret).join(second.origin, kind);
    for (
      const command of [
        { type: "hand.raise", raised: true },
        { type: "chat.post", text: "hello" },
        { type: "participant.rename", participantId: client.you!, name: "Anna" },
        { type: "participant.remove", participantId: ben.you!, ban: false },
      ] as const
    ) {
      const answer = codeOf(await client.ask(command));
      assert.equal(answer.endsWith(".notAllowed"), !may.includes(command.type), `${kind}: ${answer}`);
    }
    const set = await olga.ask({ type: "role.set", participantId: client.you!, role: "moderator" });
    assert.equal(codeOf(set), "participant.notPerson");
    await client.close();
  }
});

testInRoom("[J21] a revoked token ends its participant and lets nobody in, at either edge", async (room) => {
  const { olga, ben, edges: [first, second] } = room;
  const { secret, tokenId } = await make(olga, "recorder", "Recording");
  const recorder = await comer(room, secret).join(second.origin, "");
  await ben.until(() => ben.state.participants[recorder.you!] !== undefined);
  await olga.ask({ type: "token.revoke", tokenId });
  await recorder.until(() => recorder.closed?.code === 4403);
  await ben.until(() => ben.state.participants[recorder.you!] === undefined);
  for (const { origin } of [first, second]) await isRefusedAt(comer(room, secret), origin);
  assert.equal(codeOf(await olga.ask({ type: "token.revoke", tokenId })), "token.unknown");
});

testInRoom(
  "[J21] [R8] one that is removed stays out until the meeting ends, and so do all tokens",
  async (room) => {
    const { olga, edges: [, second] } = room;
    const { secret } = await make(olga, "ingest", "Camera 1");
    const ingest = await comer(room, secret).join(second.origin, "");
    await olga.until(() => olga.state.participants[ingest.you!] !== undefined);
    await olga.ask({ type: "participant.remove", participantId: ingest.you!, ban: false });
    await ingest.until(() => ingest.closed?.code === 4403);
    const back = comer(room, secret);
    await assert.rejects(back.enter(second.origin), /closed with 1000/);
    assert.ok(back.received.some((message) => message.type === "refused" && message.code === "room.banned"));
    await olga.ask({ type: "room.end" });
    await isRefusedAt(comer(room, secret), second.origin);
  },
);

let aheadMs = 0;

testInRoom("[J21] an expired token lets nobody in; who is inside stays and comes back", async (room) => {
  const { olga, edges: [first, second] } = room;
  const { secret } = await make(olga, "phone", "Hall 3");
  const late = await make(olga, "phone", "Hall 4");
  const phone = await comer(room, secret).join(second.origin, "");
  aheadMs += 60_001;
  await isRefusedAt(comer(room, late.secret), first.origin);
  phone.cut();
  const welcome = await phone.enter(first.origin);
  assert.equal(welcome.joined, true);
}, () => Date.now() + aheadMs);

testInRoom("[J18] a room has at most 20 valid tokens, and no id is used twice", async ({ olga }) => {
  const first = await make(olga, "phone", "1");
  for (let n = 2; n <= 20; n++) await make(olga, "phone", `${n}`);
  const more = {
    type: "token.make",
    kind: "phone",
    name: "x",
    hash: "f".repeat(64),
    lastsMs: 60_000,
  } as const;
  assert.equal(codeOf(await olga.ask({ ...more, tokenId: newRowId() as TokenId })), "token.tooMany");
  assert.equal(codeOf(await olga.ask({ ...more, tokenId: first.tokenId })), "token.idTaken");
});
