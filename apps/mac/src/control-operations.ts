import { BEHAVIOUR_NAMES, behaviourNamed } from './behaviours/by-name.ts';
import { EnrollmentError } from './enrollment.ts';
import type { Fleet } from './fleet.ts';
import type { MacIdentity } from './identity.ts';
import type { SimulatedMac } from './mac.ts';
import { readRemembered, writeRemembered } from './mac-memory.ts';
import { ProfileError } from './profile.ts';
import { ScepError } from './scep/scep-error.ts';

export type ControlAnswer = { readonly status: number; readonly body: unknown };

type Operation = (mac: SimulatedMac, body: Buffer) => Promise<ControlAnswer> | ControlAnswer;

const done = (body: unknown = {}): ControlAnswer => ({ status: 200, body });
const wrong = (error: string): ControlAnswer => ({ status: 400, body: { error } });

/** `line`: method and path, as in `PUT /macs/<udid>/behaviour`. */
export async function operate(fleet: Fleet, line: string, body: Buffer): Promise<ControlAnswer> {
  if (line === 'GET /macs')
    return done({ apns: fleet.apns.url, macs: fleet.macs.map((mac) => describe(mac)) });
  if (line === 'POST /macs') return done(describe(await fleet.addMac(readNewMac(body))));
  const parts = /^(\w+) \/macs\/([^/]+)(?:\/([\w-]+))?$/u.exec(line);
  const mac = parts === null ? null : named(fleet, decodeURIComponent(parts[2] ?? ''));
  if (parts === null || mac === null) return { status: 404, body: { error: 'not-found' } };
  const name = `${parts[1] ?? ''} ${parts[3] ?? ''}`.trim();
  if (name === 'POST copy') return done(describe(await fleet.copyMac(mac, readIdentity(readJson(body)))));
  const operation = OPERATIONS[name];
  return operation === undefined ? { status: 404, body: { error: 'not-found' } } : operation(mac, body);
}

/** `<udid>`, or `<udid>.2` for the second of those that say they have it. */
function named(fleet: Fleet, name: string): SimulatedMac | null {
  const [udid = '', nth = '1'] = name.split('.');
  return fleet.find(udid, Number(nth));
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GET: (mac) => done(describe(mac)),
  'GET recovery-key': (mac) => done(mac.paper),
  'PUT behaviour': setBehaviour,
  'POST wake': (mac) => afterwards(mac, mac.wake()),
  /** Body: the .mobileconfig itself. */
  'POST enroll': enroll,
  'POST unenroll': (mac) => afterwards(mac, mac.unenroll()),
  'POST restart': (mac) => afterwards(mac, mac.restart()),
  'POST erase': (mac) => afterwards(mac, mac.erase()),
  /** Answers the backup, keys and all: what `restore` takes, on this day or after a restart. */
  'POST back-up': async (mac) => done(JSON.parse(writeRemembered(await mac.backUp()))),
  'POST restore': restore,
  'POST swap-logic-board': (mac, body) =>
    afterwards(mac, mac.swapLogicBoard(readJson(body)['serialNumber'] === 'new' ? 'new' : 'kept')),
  'POST new-recovery-key': (mac) => afterwards(mac, mac.makeNewRecoveryKey()),
  'PUT filevault': (mac, body) => {
    const { enabled } = readJson(body);
    if (typeof enabled !== 'boolean') return wrong('enabled-missing');
    return afterwards(mac, enabled ? mac.turnFileVaultOn() : mac.turnFileVaultOff());
  },
};

async function afterwards(mac: SimulatedMac, action: Promise<void>): Promise<ControlAnswer> {
  await action;
  return done(describe(mac));
}

/** {name, times?: 'once', commands?: string[] | null, profile?: base64 for re-enrolls} */
function setBehaviour(mac: SimulatedMac, body: Buffer): ControlAnswer {
  const { name, times, commands, profile } = readJson(body);
  const behaviour = typeof name === 'string' ? behaviourNamed(name) : null;
  if (behaviour === null)
    return { status: 400, body: { error: 'unknown-behaviour', known: BEHAVIOUR_NAMES } };
  if (typeof profile === 'string') mac.keepForReEnrollment(Buffer.from(profile, 'base64'));
  mac.setBehaviour(behaviour, {
    ...(times === 'once' ? { times } : {}),
    ...(commands === null || isTexts(commands) ? { commands } : {}),
  });
  return done(describe(mac));
}

async function enroll(mac: SimulatedMac, body: Buffer): Promise<ControlAnswer> {
  try {
    await mac.enroll(body);
    return done(describe(mac));
  } catch (error) {
    if (error instanceof EnrollmentError || error instanceof ScepError || error instanceof ProfileError) {
      return { status: 422, body: { error: error.kind } };
    }
    throw error;
  }
}

async function restore(mac: SimulatedMac, body: Buffer): Promise<ControlAnswer> {
  const backup = body.length === 0 ? null : readRemembered(body.toString('utf8'));
  return backup === null ? wrong('not-a-backup') : afterwards(mac, mac.restore(backup));
}

/** Never a key. */
function describe(mac: SimulatedMac): unknown {
  const { enrollment, fileVault, profiles } = mac.state;
  return {
    ...mac.identity,
    behaviour: mac.behaviour,
    enrolled: enrollment !== null,
    fileVault: { enabled: fileVault.enabled, hasEscrowCopy: fileVault.escrowCopy !== null },
    profiles: profiles.map((profile) => profile.identifier),
    owesResult: mac.owesResult,
  };
}

function readNewMac(body: Buffer): { identity: Partial<MacIdentity>; fileVaultEnabled?: boolean } {
  const said = readJson(body);
  const { fileVaultEnabled } = said;
  return {
    identity: readIdentity(said),
    ...(typeof fileVaultEnabled === 'boolean' ? { fileVaultEnabled } : {}),
  };
}

/** {name?, udid?, serialNumber?}: whatever the Mac is to say of itself. */
function readIdentity(said: Readonly<Record<string, unknown>>): Partial<MacIdentity> {
  const { name, udid, serialNumber } = said;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof udid === 'string' ? { udid } : {}),
    ...(typeof serialNumber === 'string' ? { serialNumber } : {}),
  };
}

function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
