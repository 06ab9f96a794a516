import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { BEHAVIOUR_NAMES, behaviourNamed } from '@keyhaven/mac/behaviours/by-name';
import type { BenchWorld } from './bench-world.ts';
import type { ApiAnswer } from './caller.ts';
import type { Message } from './http-messages.ts';
import { codeOf, keyOf, type Portal } from './portal.ts';
import { Broken, type Statements } from './statements.ts';
import type { WatchedMac } from './watched-mac.ts';

/** Where acts happen. */
export type Scene = {
  readonly world: BenchWorld;
  readonly portal: Portal;
  readonly statements: Statements;
  readonly macs: readonly WatchedMac[];
};

/** One act with its parameters: `number` in [0, 1) decides what there is to decide. */
export type Act = {
  readonly name: string;
  readonly weight: number;
  readonly play: (scene: Scene, mac: WatchedMac, number: number) => Promise<void>;
};

const admin = 'admin@example.com';
const minute = 60_000;
const jumps = [-1440, -120, -10, 1, 16, 61, 120, 1500].map((minutes) => minutes * minute);
const pick = <Item>(items: readonly Item[], number: number): Item | undefined =>
  items[Math.floor(number * items.length)];
const quietly = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );

export const acts: readonly Act[] = [
  { name: 'Poll', weight: 12, play: (_scene, mac) => poll(mac) },
  {
    name: 'StoreRight',
    weight: 8,
    play: (scene, mac) => store(scene, mac, mac.mac.paper.currentRecoveryKey),
  },
  { name: 'StoreTypo', weight: 2, play: (scene, mac) => store(scene, mac, typo) },
  {
    name: 'StoreOld',
    weight: 2,
    play: (scene, mac, number) => store(scene, mac, pick([...mac.made], number) ?? typo),
  },
  { name: 'Rotate', weight: 6, play: rotate },
  { name: 'Reveal', weight: 3, play: reveal },
  { name: 'Cancel', weight: 2, play: cancel },
  {
    name: 'CheckStatus',
    weight: 3,
    play: async ({ portal }, mac) => void (await post(portal, mac.owner, mac, '/check-status')),
  },
  {
    name: 'Enroll',
    weight: 5,
    play: (scene, mac) => (mac.mac.state.enrollment === null ? enroll(scene, mac) : poll(mac)),
  },
  { name: 'ReEnroll', weight: 1, play: enroll },
  { name: 'Unenroll', weight: 1, play: (_scene, mac) => quietly(mac.mac.unenroll()) },
  { name: 'FileVaultOn', weight: 3, play: (_scene, mac) => mac.mac.turnFileVaultOn() },
  { name: 'FileVaultOff', weight: 1, play: (_scene, mac) => mac.mac.turnFileVaultOff() },
  { name: 'NewKeyAtTerminal', weight: 2, play: (_scene, mac) => mac.mac.makeNewRecoveryKey() },
  { name: 'Behave', weight: 6, play: behave },
  { name: 'Answer', weight: 4, play: async (_scene, mac) => mac.behave(answers) },
  { name: 'LosePush', weight: 1, play: async (_scene, mac) => mac.behave(asleep) },
  {
    name: 'KillServer',
    weight: 3,
    play: async ({ world }, mac, number) => {
      if (number < 0.3) world.kill();
      else world.killAfter(Math.ceil(number * 40));
      await poll(mac);
    },
  },
  { name: 'Cut', weight: 4, play: cut },
  { name: 'Duplicate', weight: 2, play: duplicate },
  {
    name: 'ClockJump',
    weight: 2,
    play: async ({ world }, _mac, number) => world.clock.move(pick(jumps, number) ?? 0),
  },
  { name: 'RunTimers', weight: 3, play: ({ world }) => quietly(world.runTimers()) },
  { name: 'ChangeOwnership', weight: 2, play: changeOwnership },
];

const typo = 'AAAA-2222-BBBB-3333-CCCC-4444';

/** Somebody opens the lid. */
export async function poll({ mac, behave: set }: WatchedMac): Promise<void> {
  // An open lid hears; and what it does is watched again.
  if (mac.behaviour === asleep.name) set(answers);
  await quietly(mac.wake());
}

export async function enroll({ portal, world }: Scene, { mac, owner }: WatchedMac): Promise<void> {
  const profile = await portal.profile(owner);
  if (profile !== null) await quietly(mac.enroll(profile));
  if (world.isAlive()) await quietly(mac.wake());
}

const post = (
  portal: Portal,
  email: string,
  { device }: WatchedMac,
  path: string,
): Promise<ApiAnswer | null> =>
  device === null
    ? Promise.resolve(null)
    : portal.call(email, 'POST', `/api/v1/devices/${device}${path}`, {});

async function store({ portal }: Scene, mac: WatchedMac, key: string | null): Promise<void> {
  if (mac.device === null || key === null) return;
  // What an owner types into the portal of a company's Mac, they tell the company.
  if (mac.ownership === 'corporate') mac.madeWhilePersonal.delete(key);
  const typed = { recoveryKey: key, confirmation: key };
  const answer = await portal.call(mac.owner, 'PUT', `/api/v1/devices/${mac.device}/recovery-key`, typed);
  expectOneOf(answer, [0, 202, 409]);
}

async function rotate({ portal }: Scene, mac: WatchedMac, number: number): Promise<void> {
  const by = number < 0.5 ? mac.owner : admin;
  const answer = await post(portal, by, mac, '/recovery-key/rotate');
  if (answer !== null) expectOneOf(answer, [0, 202, 409, 404]);
}

async function reveal({ portal, statements }: Scene, mac: WatchedMac, number: number): Promise<void> {
  if (mac.device === null) return;
  const by = number < 0.3 ? mac.owner : admin;
  const version = number < 0.6 ? undefined : 1 + Math.floor((number * 1000) % 8);
  const answer = await portal.reveal(by, mac, version);
  expectOneOf(answer, [0, 200, 403, 404]);
  const key = keyOf(answer);
  if (answer.status !== 200 || key === null) return;
  statements.released(mac);
  const [last] = (await portal.accessLog(mac)).filter(({ what }) => what === 'viewed');
  if (last === undefined) throw new Broken('a key that left has its note');
  if (by !== admin) return;
  if (mac.ownership === 'personal') throw new Broken('an administrator never gets the key of a personal Mac');
  if (mac.madeWhilePersonal.has(key)) throw new Broken('an administrator never gets a key of personal days');
}

async function cancel({ portal }: Scene, mac: WatchedMac): Promise<void> {
  if (mac.device === null) return;
  const { attempt } = await portal.device(mac);
  if (attempt === null) return;
  const path = `/api/v1/devices/${mac.device}/attempts/${attempt.id}`;
  expectOneOf(await portal.call(mac.owner, 'DELETE', path), [0, 204, 409]);
}

async function behave({ portal }: Scene, mac: WatchedMac, number: number): Promise<void> {
  const behaviour = behaviourNamed(pick(BEHAVIOUR_NAMES, number) ?? '');
  if (behaviour === null) return;
  if (behaviour.name === 're-enrolls') {
    const profile = await portal.profile(mac.owner);
    if (profile !== null) mac.mac.keepForReEnrollment(profile);
  }
  mac.behave(behaviour);
}

/** The Mac's next message, or its answer, breaks off somewhere. */
async function cut({ world }: Scene, mac: WatchedMac, number: number): Promise<void> {
  const side = number < 0.5 ? 'request' : 'response';
  const of = ({ start, body }: Message): boolean =>
    start.startsWith('PUT /mdm') &&
    (number % 0.25 < 0.1 || body.includes('RotateResult') || body.includes('SecurityInfo'));
  world.gate.cut({
    in: side,
    afterBytes: Math.floor((number * 100_000) % (side === 'request' ? 5000 : 400)),
    of,
  });
  await poll(mac);
  world.gate.cut(null);
  await poll(mac);
}

/** Somebody on the way sends the Mac's last message once more. */
async function duplicate({ world }: Scene, mac: WatchedMac): Promise<void> {
  await poll(mac);
  const last = world.exchanges.findLast(({ request }) => request.start.startsWith('PUT /mdm'));
  if (last === undefined || !world.isAlive()) return;
  const socket = connect(world.server().port, '127.0.0.1');
  const answer = text(socket).catch(() => '');
  const whole = last.request.bytes
    .toString('latin1')
    .replace(/connection: keep-alive/iu, 'Connection: close');
  socket.write(Buffer.from(whole, 'latin1'));
  const status = Number((await answer).split(' ')[1] ?? 0);
  if (status >= 500) throw new Broken(`a repeated message is answered ${status}`);
}

async function changeOwnership({ portal }: Scene, mac: WatchedMac): Promise<void> {
  if (mac.device === null) return;
  const ownership = mac.ownership === 'personal' ? 'corporate' : 'personal';
  const answer = await portal.call(admin, 'PATCH', `/api/v1/devices/${mac.device}`, { ownership });
  expectOneOf(answer, [0, 200]);
  if (answer.status === 200) mac.ownership = ownership;
}

function expectOneOf(answer: ApiAnswer, statuses: readonly number[]): void {
  if (!statuses.includes(answer.status))
    throw new Broken(`the API answered ${answer.status} ${String(codeOf(answer))}`);
}
