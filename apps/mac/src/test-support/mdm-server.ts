import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type PlistDict, parsePlistDict, writePlist } from '../plist.ts';
import { textOf } from '../plist-fields.ts';
import type { TestCertificate } from './openssl.ts';
import { answerPkcsReq, MODERN_SCEP, type ScepChoices, type SeenRequest } from './scep-responder.ts';

export type SeenMessage = {
  readonly contentType: string;
  readonly signature: string;
  readonly raw: Buffer;
  readonly fields: PlistDict;
};

/** What the server does with the next message of a Status or MessageType instead of taking it. */
export type Mishap = {
  readonly to: string;
  readonly does: 'cut' | 'cut-midway' | 'hang' | number;
  readonly body?: string;
};

/** A small MDM and SCEP server that says what a test tells it to. */
export class TestMdmServer {
  readonly seen: SeenMessage[] = [];
  readonly requests: SeenRequest[] = [];
  readonly mishaps: Mishap[] = [];
  scep: ScepChoices = MODERN_SCEP;
  caContentType = 'application/x-x509-ca-cert';
  url = '';
  readonly #ca: TestCertificate;
  readonly #queue: { readonly uuid: string; readonly body: Buffer }[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(ca: TestCertificate) {
    this.#ca = ca;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Queues a command; it is offered until a terminal result names its UUID. */
  queue(requestType: string, fields: PlistDict = {}, uuid: string = randomUUID()): string {
    const command = { CommandUUID: uuid, Command: { RequestType: requestType, ...fields } };
    this.#queue.push({ uuid, body: writePlist(command) });
    return uuid;
  }

  queueRaw(body: Buffer): void {
    this.#queue.push({ uuid: '', body });
  }

  /** Results seen for a command, oldest first. */
  results(uuid: string): readonly PlistDict[] {
    return this.seen.map((message) => message.fields).filter((fields) => fields['CommandUUID'] === uuid);
  }

  statuses(): readonly string[] {
    return this.seen.map(({ fields }) => textOf(fields, 'Status') ?? textOf(fields, 'MessageType') ?? '');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const body = Buffer.concat(pieces);
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === '/scep') return this.#serveScep(url, body, response);
    const fields = parsePlistDict(body);
    this.seen.push({
      contentType: request.headers['content-type'] ?? '',
      signature: request.headersDistinct['mdm-signature']?.[0] ?? '',
      raw: body,
      fields,
    });
    const mishap = this.mishaps[0];
    if (mishap !== undefined && this.statuses().at(-1) === mishap.to) {
      this.mishaps.shift();
      if (mishap.does === 'hang') return;
      if (mishap.does === 'cut') return void response.destroy();
      if (mishap.does === 'cut-midway') {
        response.writeHead(200, { 'Content-Length': 500 });
        response.write('<?xml');
        setImmediate(() => response.destroy());
        return;
      }
      response.writeHead(mishap.does, { 'Content-Type': 'application/json' }).end(mishap.body ?? '');
      return;
    }
    response.end(this.#answer(fields));
  }

  #answer(fields: PlistDict): Buffer {
    const status = textOf(fields, 'Status');
    if (status === null) return Buffer.alloc(0);
    if (status === 'NotNow') return Buffer.alloc(0);
    if (status !== 'Idle') {
      const at = this.#queue.findIndex(({ uuid }) => uuid === (textOf(fields, 'CommandUUID') ?? ''));
      if (at >= 0) this.#queue.splice(at, 1);
    }
    const next = this.#queue[0];
    if (next?.uuid === '') this.#queue.shift();
    return next?.body ?? Buffer.alloc(0);
  }

  #serveScep(url: URL, body: Buffer, response: ServerResponse): void {
    const operation = url.searchParams.get('operation');
    if (operation === 'GetCACert') {
      response.setHeader('Content-Type', this.caContentType);
      response.end(this.#ca.der);
      return;
    }
    if (operation === 'GetCACaps') {
      response.end(this.scep.caps);
      return;
    }
    const inQuery = /message=(.*)$/u.exec(url.search)?.[1] ?? '';
    const message = body.length > 0 ? body : Buffer.from(inQuery, 'base64');
    const { reply, seen } = answerPkcsReq(message, this.#ca, this.scep);
    this.requests.push(seen);
    response.setHeader('Content-Type', 'application/x-pki-message');
    response.end(reply);
  }
}
