import { randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parsePlist } from '@keyhaven/apple-mdm/plist';
import { dataAt, dictAt, dictOf, stringAt } from '@keyhaven/apple-mdm/plist/access';
import type { PlistDict } from '@keyhaven/apple-mdm/plist/value';
import type { PushRequest } from '../../../modules/commands/transport.port.ts';
import { CertificatePins } from './certificate-pins.fixture.ts';
import { StandInQueue } from './queue.fixture.ts';
import { type EventBody, Webhook } from './webhook-mishaps.fixture.ts';

export type StandInOptions = {
  readonly apiKey: string;
  readonly webhookKey: string;
  readonly webhookUrl: () => URL;
  /** `-ca`: DER. */
  readonly ca: () => Promise<Buffer>;
  readonly now: () => Date;
  readonly push: (request: Omit<PushRequest, 'enrollment'>) => Promise<boolean>;
};

type Enrolled = {
  readonly queue: StandInQueue;
  token: Omit<PushRequest, 'enrollment'> | null;
  tally: number;
};
type Said = { readonly status: number; readonly body?: Buffer | object; readonly text?: string };

/** NanoMDM as reference/peers.md 5.2 has it, on a loopback port: strict with Macs, and no kinder to us. */
export class NanoMdmStandIn {
  readonly webhook: Webhook;
  /** Every command it took, in clear, as NanoMDM keeps them. */
  readonly commands = new Map<string, Buffer>();
  /** Refuses pushes as without a push certificate. */
  pushFails = false;
  /** Breaks off this many calls of enqueue, after taking the command or before. */
  cuts: ('after' | 'before')[] = [];
  enqueued: string[] = [];
  readonly #kindsFor = new Map<string, string[]>();
  readonly #options: StandInOptions;
  readonly #pins = new CertificatePins();
  readonly #enrolled = new Map<string, Enrolled>();
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  constructor(options: StandInOptions) {
    this.#options = options;
    this.webhook = new Webhook(options.webhookUrl, options.webhookKey);
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    await this.webhook.settled();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get url(): string {
    // Safe because it listens on a port.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  queueOf(id: string): readonly string[] {
    return this.#enrolled.get(id)?.queue.uuids ?? [];
  }

  /** The kinds of all commands that it took for this id, in order. */
  enqueuedFor(id: string): readonly string[] {
    return this.#kindsFor.get(id) ?? [];
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const body = Buffer.concat(pieces);
    const url = new URL(request.url ?? '/', this.url);
    const said =
      url.pathname === '/mdm'
        ? await this.#hearMac(request, url, body)
        : await this.#serveApi(request, url, body);
    if (said === null) return void request.socket.destroy();
    const isJson = said.body !== undefined && !Buffer.isBuffer(said.body);
    response.writeHead(said.status, { 'content-type': isJson ? 'application/json' : 'application/xml' });
    response.end(isJson ? JSON.stringify(said.body) : (said.body ?? said.text));
  }

  async #hearMac(request: IncomingMessage, url: URL, body: Buffer): Promise<Said> {
    const header = request.headers['mdm-signature'];
    const signer = this.#pins.signerOf(
      await this.#options.ca(),
      header?.toString(),
      body,
      this.#options.now(),
    );
    if (request.method !== 'PUT' || signer === null) return { status: 400 };
    const message = dictOf(parsePlist(body)) ?? {};
    const udid = stringAt(message, 'UDID');
    if (udid === undefined) return { status: 400 };
    const event = {
      ids: { id: udid, type: 'Device' },
      udid,
      raw_payload: body.toString('base64'),
      url_params: Object.fromEntries(url.searchParams),
    };
    const type = stringAt(message, 'MessageType');
    return type === undefined
      ? this.#hearAnswer(signer, udid, message, event)
      : this.#hearCheckIn(signer, udid, type, message, event);
  }

  #hearCheckIn(signer: string, id: string, type: string, message: PlistDict, event: EventBody): Said {
    if (type === 'Authenticate') {
      if (!this.#pins.associate(signer, id)) return { status: 400 };
      this.#enrolled.get(id)?.queue.clear();
      this.#enrolled.set(id, { queue: new StandInQueue(), token: null, tally: 0 });
    } else if (!this.#pins.speaksFor(signer, id)) return { status: 400 };
    const enrolled = this.#enrolled.get(id);
    if (enrolled === undefined) return { status: 500 };
    let told = event;
    if (type === 'TokenUpdate') {
      const [topic, magic] = [stringAt(message, 'Topic') ?? '', stringAt(message, 'PushMagic') ?? ''];
      enrolled.token = { topic, magic, token: dataAt(message, 'Token') ?? Buffer.alloc(0) };
      enrolled.tally += 1;
      told = { ...event, token_update_tally: enrolled.tally };
    }
    if (type === 'CheckOut') enrolled.token = null;
    this.webhook.tell({ ...frame(`mdm.${type}`), checkin_event: told });
    return { status: 200 };
  }

  #hearAnswer(signer: string, id: string, message: PlistDict, event: EventBody): Said {
    const enrolled = this.#enrolled.get(id);
    if (!this.#pins.speaksFor(signer, id) || enrolled === undefined) return { status: 400 };
    const status = stringAt(message, 'Status') ?? '';
    const uuid = stringAt(message, 'CommandUUID') ?? null;
    const acknowledge_event = { ...event, status, ...(uuid === null ? {} : { command_uuid: uuid }) };
    this.webhook.tell({ ...frame('mdm.Connect'), acknowledge_event });
    const next = enrolled.queue.after(status, uuid);
    return next === null ? { status: 200 } : { status: 200, body: next };
  }

  async #serveApi(request: IncomingMessage, url: URL, body: Buffer): Promise<Said | null> {
    if (url.pathname === '/version') return { status: 200, body: { version: 'stand-in' } };
    if (!this.#isAuthorized(request.headers.authorization)) return { status: 401, text: 'Unauthorized\n' };
    const [, , verb, list = ''] = url.pathname.split('/');
    const ids = decodeURIComponent(list).split(',');
    if (verb === 'push' && request.method === 'GET') return this.#answerPush(ids);
    if (verb === 'enqueue' && request.method === 'PUT') {
      return this.#enqueue(ids, body, url.searchParams.has('nopush'));
    }
    return { status: 404 };
  }

  #isAuthorized(header: string | undefined): boolean {
    const meant = Buffer.from(`Basic ${Buffer.from(`nanomdm:${this.#options.apiKey}`).toString('base64')}`);
    const said = Buffer.from(header ?? '');
    return said.length === meant.length && timingSafeEqual(said, meant);
  }

  async #answerPush(ids: readonly string[]): Promise<Said> {
    const status = await this.#push(ids);
    const failed = Object.values(status).filter((each) => 'push_error' in each).length;
    return { status: failed === 0 ? 200 : failed === ids.length ? 500 : 207, body: { status } };
  }

  async #enqueue(ids: readonly string[], body: Buffer, noPush: boolean): Promise<Said | null> {
    const cut = this.cuts.shift();
    if (cut === 'before') return null;
    const command = commandOf(body);
    if (command === null)
      return { status: 500, body: { command_error: 'decoding command: parse error at line 1' } };
    const { uuid, requestType } = command;
    if (this.commands.has(uuid)) {
      return { status: 500, body: { command_error: `command already exists: ${uuid}` } };
    }
    const known = ids.filter((id) => this.#enrolled.has(id));
    if (known.length === 0) {
      return { status: 500, body: { command_error: 'insert or update violates foreign key constraint' } };
    }
    this.commands.set(uuid, body);
    this.enqueued.push(requestType);
    for (const id of known) {
      this.#enrolled.get(id)?.queue.add(uuid, body);
      this.#kindsFor.set(id, [...this.enqueuedFor(id), requestType]);
    }
    if (cut === 'after') return null;
    const named = { command_uuid: uuid, request_type: requestType };
    if (noPush) return { status: 200, body: { no_push: true, ...named } };
    if (this.pushFails) return { status: 500, body: { push_error: 'no push certificate', ...named } };
    return { status: 200, body: { status: await this.#push(known), ...named } };
  }

  async #push(ids: readonly string[]): Promise<Record<string, object>> {
    const status: Record<string, object> = {};
    for (const id of ids) {
      const token = this.#enrolled.get(id)?.token ?? null;
      const sent = token !== null && !this.pushFails && (await this.#options.push(token));
      status[id] = sent ? { push_result: randomUUID() } : { push_error: 'not pushed' };
    }
    return status;
  }
}

const frame = (topic: string) => ({
  topic,
  event_id: randomUUID(),
  created_at: new Date().toISOString(),
});

function commandOf(body: Buffer): { readonly uuid: string; readonly requestType: string } | null {
  try {
    const command = dictOf(parsePlist(body)) ?? {};
    const uuid = stringAt(command, 'CommandUUID');
    const requestType = stringAt(dictAt(command, 'Command') ?? {}, 'RequestType');
    return uuid === undefined || requestType === undefined ? null : { uuid, requestType };
  } catch {
    return null;
  }
}
