import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { KeyVersion, KeyVersionState } from '@keyhaven/api-contract/recovery-key';
import type { BenchWorld } from './bench-world.ts';
import { keyOf, type Portal } from './portal.ts';
import { keyInEscrowCopy, noteHandedOver, type WatchedMac } from './watched-mac.ts';

/** What was seen of one Mac through the API, to see that nothing of it goes back. */
type Seen = {
  readonly versions: Map<number, { state: KeyVersionState; key: string | null }>;
  readonly attempts: Map<string, Attempt>;
  /** Keys that left the API for somebody. */
  released: number;
};

/** The six statements of what must hold under any sequence of faults, asked of the public API and of the Mac. */
export type Statements = {
  /** Asks about this Mac; throws with the statement that does not hold. */
  readonly check: (mac: WatchedMac) => Promise<void>;
  /** After the faults have stopped. Returns whether the Mac's key could be held against its own word. */
  readonly checkTruth: (mac: WatchedMac) => Promise<boolean>;
  readonly released: (mac: WatchedMac) => void;
};

// A state never goes back: each only moves to one of a higher rank.
const rank: Readonly<Record<KeyVersionState, number>> = {
  candidate: 0,
  unreadable: 0,
  unproven: 1,
  current: 2,
  superseded: 3,
  rejected: 3,
};
const showable = (state: KeyVersionState): boolean => state !== 'rejected' && state !== 'unreadable';

export class Broken extends Error {
  override readonly name = 'Broken';
}
const must = (holds: boolean, statement: string): void => {
  if (!holds) throw new Broken(statement);
};

export function statementsOf(world: BenchWorld, portal: Portal, macs: readonly WatchedMac[]): Statements {
  const all = new Map<WatchedMac, Seen>();
  const seenOf = (mac: WatchedMac): Seen => {
    const seen = all.get(mac) ?? { versions: new Map(), attempts: new Map(), released: 0 };
    all.set(mac, seen);
    return seen;
  };

  async function checkVersions(mac: WatchedMac, seen: Seen): Promise<void> {
    const versions = await portal.versions(mac);
    const before = [...seen.versions.keys()];
    const there = new Set(versions.map(({ version }) => version));
    must(
      before.every((version) => there.has(version)),
      'a version never vanishes',
    );
    must(versions.filter(({ state }) => state === 'current').length <= 1, 'at most one version is current');
    for (const version of versions) await checkVersion(mac, seen, version);
  }

  async function checkVersion(
    mac: WatchedMac,
    seen: Seen,
    { version, state, source }: KeyVersion,
  ): Promise<void> {
    const before = seen.versions.get(version);
    const from = before?.state ?? state;
    must(
      from === state || rank[from] < rank[state],
      `the state of a version never goes back (${from} → ${state})`,
    );
    const known = before?.key ?? null;
    let key = known;
    if (showable(state) && known === null) {
      const answer = await portal.reveal(mac.owner, mac, version);
      if (answer.status === 200) seen.released += 1;
      key = keyOf(answer);
      if (key === null) {
        // A push may have set its Mac off between the two questions.
        const now = (await portal.versions(mac)).find((each) => each.version === version);
        must(now !== undefined && now.state !== state, `a ${state} version is given back (${answer.status})`);
        if (now !== undefined) return checkVersion(mac, seen, now);
      }
    }
    seen.versions.set(version, { state, key });
    if (key !== null && (state === 'current' || source !== 'typed')) {
      must(mac.made.has(key), `a ${state} key from ${source} is one that the Mac made`);
    }
  }

  const heldKeys = (seen: Seen): ReadonlySet<string | null> =>
    new Set([...seen.versions.values()].flatMap(({ state, key }) => (showable(state) ? [key] : [])));

  async function checkHandedOver(mac: WatchedMac, seen: Seen): Promise<void> {
    const isHeld = (): boolean => {
      const held = heldKeys(seen);
      return [...mac.handedOver].every((key) => held.has(key));
    };
    if (isHeld()) return;
    // What was stored but not made sense of before a kill is made sense of by a timer.
    world.clock.move(15_000);
    await world.runTimers();
    await checkVersions(mac, seen);
    must(isHeld(), 'every key that the Mac handed over with a 2xx is given back by version');
  }

  async function checkAttempts(mac: WatchedMac, seen: Seen, ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      const attempt = await portal.attempt(mac, id);
      const before = seen.attempts.get(id);
      const wasFinal = before?.state === 'saved' || before?.state === 'failed';
      const same = before?.state === attempt.state && before.reason === attempt.reason;
      must(
        !wasFinal || same,
        `an attempt that has ended stays as it ended (${before?.state} → ${attempt.state})`,
      );
      must(
        (attempt.endedAt === null) === (attempt.state !== 'saved' && attempt.state !== 'failed'),
        'an end has a time',
      );
      seen.attempts.set(id, attempt);
    }
  }

  async function check(mac: WatchedMac): Promise<void> {
    world.spare();
    await world.revive();
    noteHandedOver(macs, world.exchanges.splice(0));
    await portal.learnDevice(mac);
    if (mac.device === null) return;
    const seen = seenOf(mac);
    const device = await portal.device(mac);
    mac.ownership = device.ownership;
    await checkVersions(mac, seen);
    await checkHandedOver(mac, seen);
    if (device.attempt !== null) await checkAttempts(mac, seen, [device.attempt.id]);
  }

  return {
    check,
    released: (mac) => {
      seenOf(mac).released += 1;
    },
    checkTruth: async (mac) => {
      await check(mac);
      if (mac.device === null) return false;
      const seen = seenOf(mac);
      await checkAttempts(mac, seen, [...seen.attempts.keys()]);
      for (const { state } of seen.attempts.values()) {
        must(
          ['saved', 'failed', 'uncertain'].includes(state),
          `in the end every attempt is final or uncertain (${state})`,
        );
      }
      const viewed = (await portal.accessLog(mac)).filter(({ what }) => what === 'viewed').length;
      must(
        viewed >= Math.min(seen.released, 100),
        `every key that left has its note (${viewed} of ${seen.released})`,
      );
      return checkKey(mac, seen, (await portal.device(mac)).recoveryKey);
    },
  };
}

/** The Mac's true key is the current one, or the unproven one; where the Mac itself has told it to anybody. */
function checkKey(
  mac: WatchedMac,
  seen: Seen,
  summary: { readonly state: string; readonly version: number | null },
): boolean {
  const truth = mac.mac.paper.currentRecoveryKey;
  const told = truth !== null && (mac.handedOver.has(truth) || keyInEscrowCopy(mac) === truth);
  if (truth === null || !told) return false;
  const held = [...seen.versions.values()].filter(({ key }) => key === truth);
  must(
    held.some(({ state }) => state === 'current' || state === 'unproven'),
    `in the end the Mac's key is current or unproven (${held.map(({ state }) => state).join()}, shown ${summary.state})`,
  );
  const shown = summary.version === null ? null : seen.versions.get(summary.version);
  const shownRight = summary.state === 'uncertain' || shown?.key === truth;
  must(shownRight, `in the end the key that is shown first is the Mac's (${summary.state}, ${shown?.state})`);
  return true;
}
