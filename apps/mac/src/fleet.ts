import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApnsOptions, type ApnsStandIn, type PushReceiver, startApnsStandIn } from './apns-stand-in.ts';
import type { MacIdentity } from './identity.ts';
import { type MacOptions, SimulatedMac } from './mac.ts';
import type { Paper } from './mac-record.ts';
import { PaperDrawer } from './papers.ts';

export type FleetOptions = Pick<MacOptions, 'retryMilliseconds' | 'trust' | 'reEnroll' | 'surroundings'> & {
  /** One folder a Mac inside, and papers.json; absent: in memory only. */
  readonly folder?: string;
  readonly apnsTls?: NonNullable<ApnsOptions['tls']>;
  /** Awaited before the answer that the new key belongs to leaves the Mac; at start, for every Mac found. */
  readonly onRecoveryKeyChanged?: (paper: Paper) => Promise<void> | void;
};

/** Several Macs in one process, with an APNs of their own. */
export class Fleet {
  readonly apns: ApnsStandIn;
  readonly #options: FleetOptions;
  readonly #macs: SimulatedMac[] = [];
  readonly #byToken: Map<string, SimulatedMac>;
  readonly #drawer: PaperDrawer | null;

  private constructor(options: FleetOptions, apns: ApnsStandIn, byToken: Map<string, SimulatedMac>) {
    this.#options = options;
    this.apns = apns;
    this.#byToken = byToken;
    this.#drawer = options.folder === undefined ? null : new PaperDrawer(options.folder);
  }

  /** Starts APNs, brings back the Macs of the folder and lets each of them poll. */
  static async start(options: FleetOptions = {}): Promise<Fleet> {
    const byToken = new Map<string, SimulatedMac>();
    const apns = await startApnsStandIn({
      receiverOf: (token) => receiverOf(byToken, token),
      ...(options.apnsTls === undefined ? {} : { tls: options.apnsTls }),
    });
    const fleet = new Fleet(options, apns, byToken);
    for (const name of await macFolders(options.folder)) await fleet.#open({ folder: name });
    await fleet.#drawer?.put(() => fleet.papers);
    // A process killed between a key and its paper: told again before the Mac says a word.
    for (const paper of fleet.papers) await options.onRecoveryKeyChanged?.(paper);
    // Not awaited: a server that is down must not keep the fleet from starting.
    for (const mac of fleet.macs) void mac.poll().catch(() => undefined);
    return fleet;
  }

  get macs(): readonly SimulatedMac[] {
    return [...this.#macs];
  }

  get papers(): readonly Paper[] {
    return this.macs.map((mac) => mac.paper);
  }

  /** The Mac with this UDID; where several say that they have it, the first, unless `nth` says which. */
  find(udid: string, nth = 1): SimulatedMac | null {
    return this.#macs.filter(({ identity }) => identity.udid === udid)[nth - 1] ?? null;
  }

  /** A new Mac, in a folder named after its serial number. */
  async addMac(
    options: Pick<MacOptions, 'identity' | 'habits' | 'fileVaultEnabled' | 'copyOf'> = {},
  ): Promise<SimulatedMac> {
    const mac = await this.#open(options);
    await this.#drawer?.put(() => this.papers);
    return mac;
  }

  /**
   * A second Mac from a copy of this one's disk, as a cloned virtual machine is: the same identity certificate, and the
   * same UDID and serial number unless others are given. Pushes reach the one that was there last.
   */
  async copyMac(mac: SimulatedMac, identity: Partial<MacIdentity> = {}): Promise<SimulatedMac> {
    return this.addMac({ copyOf: await mac.backUp(), identity });
  }

  async close(): Promise<void> {
    await Promise.all(this.macs.map((mac) => mac.close()));
    await this.apns.close();
  }

  async #open(options: MacOptions): Promise<SimulatedMac> {
    const { folder, retryMilliseconds, trust, reEnroll, surroundings } = this.#options;
    const place = folder === undefined ? null : join(folder, options.folder ?? folderName());
    let opened: SimulatedMac | null = null;
    const mac = await SimulatedMac.open({
      ...options,
      ...(place === null ? {} : { folder: place }),
      ...(retryMilliseconds === undefined ? {} : { retryMilliseconds }),
      ...(trust === undefined ? {} : { trust }),
      ...(reEnroll === undefined ? {} : { reEnroll }),
      ...(surroundings === undefined ? {} : { surroundings }),
      onPushTokenChanged: () => {
        if (opened !== null) this.#learnTokens(opened);
      },
      onRecoveryKeyChanged: async (paper) => {
        await this.#drawer?.put(() => this.papers);
        await this.#options.onRecoveryKeyChanged?.(paper);
      },
    });
    opened = mac;
    this.#macs.push(mac);
    this.#learnTokens(mac);
    return mac;
  }

  #learnTokens(mac: SimulatedMac): void {
    const { enrollment, formerTokens } = mac.state;
    for (const token of [...formerTokens, ...(enrollment === null ? [] : [enrollment.token])]) {
      this.#byToken.set(token.toString('hex'), mac);
    }
  }
}

function receiverOf(
  byToken: ReadonlyMap<string, SimulatedMac>,
  token: string,
): PushReceiver | 'unregistered' | null {
  const mac = byToken.get(token);
  if (mac === undefined) return null;
  const { enrollment } = mac.state;
  if (enrollment?.token.toString('hex') !== token) return 'unregistered';
  return { topic: enrollment.topic, push: (magic) => mac.push(magic) };
}

let folderCount = 0;

/** Unique among the folders of this process and, by the time in it, of earlier ones. */
function folderName(): string {
  folderCount += 1;
  return `mac-${Date.now().toString(36)}-${folderCount}`;
}

async function macFolders(folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('mac-'))
    .map((entry) => entry.name)
    .toSorted();
}
