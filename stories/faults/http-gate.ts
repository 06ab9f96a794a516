import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Message, MessageReader } from './http-messages.ts';

/** A request and its answer as they went over the wire. `answered`: the caller got all of it. */
export type Exchange = {
  readonly request: Message;
  readonly response: Message | null;
  readonly answered: boolean;
};

/** Where a connection is cut: after so many bytes of the next message that `of` holds for. */
export type Cut = {
  readonly in: 'request' | 'response';
  readonly afterBytes: number;
  readonly of: (request: Message) => boolean;
};

/**
 * A TCP proxy in front of the server, at an address that outlives it. It passes whole messages on, cuts where it is
 * told to, and tells of every exchange.
 */
export type HttpGate = {
  readonly port: number;
  /** Where the server is now; null: every connection breaks. */
  readonly leadTo: (port: number | null) => void;
  /** The next cut; null takes one back that did not come about. */
  readonly cut: (cut: Cut | null) => void;
  readonly waitsToCut: () => boolean;
  readonly close: () => Promise<void>;
};

export async function openHttpGate(onExchange: (exchange: Exchange) => void): Promise<HttpGate> {
  const sockets = new Set<Socket>();
  let target: number | null = null;
  let cut: Cut | null = null;

  const take = (kind: Cut['in'], request: Message): Cut | null => {
    if (cut === null || cut.in !== kind || !cut.of(request)) return null;
    const taken = cut;
    cut = null;
    return taken;
  };

  const server = createServer((caller) => {
    if (target === null) {
      caller.on('error', () => undefined);
      caller.destroy();
      return;
    }
    const called = connect(target, '127.0.0.1');
    const both = [caller, called];
    const hangUp = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', hangUp);
      socket.on('close', () => {
        sockets.delete(socket);
        hangUp();
      });
    }
    const asked: Message[] = [];
    const passOn = (from: Socket, to: Socket, kind: Cut['in']): void => {
      const reader = new MessageReader(kind);
      from.on('data', (chunk: Buffer) => {
        for (const message of reader.read(chunk)) {
          const request = kind === 'request' ? message : asked[0];
          if (kind === 'request') asked.push(message);
          if (request === undefined) return hangUp();
          const here = take(kind, request);
          if (here !== null) {
            onExchange({ request, response: kind === 'request' ? null : message, answered: false });
            to.write(message.bytes.subarray(0, here.afterBytes), hangUp);
            return;
          }
          to.write(message.bytes);
          if (kind === 'request') continue;
          asked.shift();
          onExchange({ request, response: message, answered: true });
        }
      });
      from.on('end', () => to.end());
    };
    passOn(caller, called, 'request');
    passOn(called, caller, 'response');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    leadTo: (port) => {
      target = port;
      for (const socket of sockets) socket.destroy();
    },
    cut: (wanted) => {
      cut = wanted;
    },
    waitsToCut: () => cut !== null,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
