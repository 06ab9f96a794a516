import { policyList } from '@keyhaven/api-contract/policy';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import {
  type Arbitrary,
  type AsyncCommand,
  assert,
  asyncModelRun,
  asyncProperty,
  commands,
  integer,
  tuple,
} from 'fast-check';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { print, residentMebibytes } from './figures.ts';
import { type Act, acts, enroll, poll, type Scene } from './model-acts.ts';
import { portalOf } from './portal.ts';
import { statementsOf } from './statements.ts';
import { type WatchedMac, watchMac } from './watched-mac.ts';

const owners = ['employee@example.com', 'employee@example.com', 'colleague@example.com'];
const actsARun = 250;
const quietRounds = 8;

type Figures = { runs: number; acts: number; kills: number; keysProved: number; keysOff: number };

/** An act as fast-check plays it. The model is the Macs themselves. */
class Step implements AsyncCommand<object, Scene> {
  readonly #act: Act;
  readonly #mac: number;
  readonly #number: number;
  readonly #played: (line: string) => void;
  constructor(act: Act, mac: number, number: number, played: (line: string) => void) {
    this.#act = act;
    this.#mac = mac;
    this.#number = number;
    this.#played = played;
  }
  check = (): boolean => true;
  async run(_model: object, scene: Scene): Promise<void> {
    const mac = scene.macs[this.#mac];
    if (mac === undefined) throw new Error('no such Mac');
    this.#played(this.toString());
    await this.#act.play(scene, mac, this.#number);
    await settled(scene);
    await scene.statements.check(mac);
  }
  toString = (): string => `${this.#act.name}(${this.#mac}, ${this.#number.toFixed(6)})`;
}

/** Plays random acts, at least so many, and checks the six statements after each and at the end of each run. */
export async function runModel(wanted: number, seed: number): Promise<Figures> {
  let macs: readonly WatchedMac[] = [];
  const world = await startBenchWorld({
    onRecoveryKeyChanged: ({ udid }) => macs.find(({ mac }) => mac.identity.udid === udid)?.look(),
  });
  await proveEscrowCopies(world);
  const figures: Figures = { runs: 0, acts: 0, kills: 0, keysProved: 0, keysOff: 0 };
  try {
    for (; figures.acts < wanted; figures.runs += 1) {
      const played: string[] = [];
      const steps = commands(
        stepsOf((line) => void played.push(line)),
        { maxCommands: actsARun, size: 'max' },
      );
      const property = asyncProperty(steps, async (chosen) => {
        const scene = await newScene(world);
        ({ macs } = scene);
        await asyncModelRun(() => ({ model: {}, real: scene }), chosen);
        for (const mac of scene.macs) {
          let told = await comeToRest(scene, mac);
          if (!told) {
            await typePaper(scene, mac);
            told = await comeToRest(scene, mac);
          }
          if (told) figures.keysProved += 1;
          else figures.keysOff += 1;
        }
        for (const { mac } of scene.macs) await mac.close();
      });
      const runSeed = seed + figures.runs;
      try {
        await assert(property, { seed: runSeed, numRuns: 1, endOnFailure: true, unbiased: true });
      } catch (error) {
        print(`model: KEYHAVEN_SEED=${runSeed}, after\n  ${played.join('\n  ')}`);
        throw error;
      }
      figures.acts += played.length;
      figures.kills += played.filter((line) => line.startsWith('Kill')).length;
    }
  } finally {
    await world.close();
  }
  const { runs, keysProved, keysOff } = figures;
  print(
    `model: ${figures.acts} acts in ${runs} runs, ${figures.kills} kills, ${keysProved} keys true in the end, ` +
      `${keysOff} Macs without FileVault, seed ${seed}, ${residentMebibytes()} MiB`,
  );
  return figures;
}

/** Has keys from the escrow copy proved by rotations of nobody's: the timers then act too. */
async function proveEscrowCopies(world: BenchWorld): Promise<void> {
  const admin = await world.person('admin@example.com');
  const [policy] = policyList.parse((await admin.call('GET', '/api/v1/policies')).body).items;
  const settings = { ...policy?.settings, proveEscrowCopies: true };
  const change = { version: policy?.version, settings };
  const { status } = await admin.call('PATCH', `/api/v1/policies/${policy?.id}`, change);
  if (status !== 200) throw new Error(`the policy was not changed: ${status}`);
}

const stepsOf = (played: (line: string) => void): Arbitrary<Step>[] =>
  acts.flatMap((act) => {
    const step = tuple(integer({ min: 0, max: owners.length - 1 }), integer({ min: 0, max: 999_999 })).map(
      ([mac, number]) => new Step(act, mac, number / 1_000_000, played),
    );
    return Array.from({ length: act.weight }, () => step);
  });

async function newScene(world: BenchWorld): Promise<Scene> {
  await world.revive();
  // Nobody's limits of the run before count in this one.
  world.clock.move(2 * 3_600_000);
  const portal = portalOf(world);
  const macs = await Promise.all(owners.map(async (owner) => watchMac(await world.fleet.addMac(), owner)));
  const scene = { world, portal, macs, statements: statementsOf(world, portal, macs) };
  for (const mac of macs) {
    await enroll(scene, mac);
    await scene.statements.check(mac);
  }
  return scene;
}

const settled = ({ macs }: Scene): Promise<unknown> => Promise.all(macs.map(({ mac }) => mac.settled()));

/** The faults stop, and everybody has time. Returns whether the Mac's key was held against its own word. */
async function comeToRest(scene: Scene, mac: WatchedMac): Promise<boolean> {
  const { world, portal, statements } = scene;
  await world.revive();
  world.gate.cut(null);
  world.clock.straighten();
  mac.behave(answers);
  if (mac.mac.state.enrollment === null) await enroll(scene, mac);
  for (let round = 0; round < quietRounds; round += 1) {
    if (mac.device !== null)
      await portal.call(mac.owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
    await world.runTimers();
    await poll(mac);
    await settled(scene);
    await statements.check(mac);
    const attempt = mac.device === null ? null : (await portal.device(mac)).attempt;
    if (round > 1 && (attempt === null || attempt.endedAt !== null)) break;
    world.clock.move(16 * 60_000);
  }
  return statements.checkTruth(mac);
}

/** A key that the Mac never told anybody is typed by its owner in the end, who has it on paper. */
async function typePaper({ portal }: Scene, { mac, owner, device }: WatchedMac): Promise<void> {
  const { currentRecoveryKey: recoveryKey } = mac.paper;
  if (device === null || recoveryKey === null) return;
  const typed = { recoveryKey, confirmation: recoveryKey };
  await portal.call(owner, 'PUT', `/api/v1/devices/${device}/recovery-key`, typed);
}
