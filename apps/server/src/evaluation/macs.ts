import { fork } from 'node:child_process';
import path from 'node:path';
import type { FromMacs, FromServer } from './macs-process.ts';

export type EvaluationMacs = {
  /** Of their APNs. */
  readonly apnsUrl: string;
  /** Lets them begin, now that the server answers; resolves with the papers of their owners when all is settled. */
  readonly begin: (url: URL) => Promise<readonly { readonly name: string; readonly key: string | null }[]>;
  readonly isReady: () => boolean;
  readonly stop: () => Promise<void>;
};

/** Starts the process of the simulated Macs. It ends with ours, however ours ends. */
export async function startEvaluationMacs(
  dataFolder: string,
  onEnded: (words: string) => void,
): Promise<EvaluationMacs> {
  const child = fork(path.join(import.meta.dirname, 'macs-process.ts'), [dataFolder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let ready = false;
  let stopping = false;
  const hear = <Kind extends FromMacs['kind']>(kind: Kind): Promise<Extract<FromMacs, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      child.on('message', (message: FromMacs) => {
        // Safe because the kind was just compared.
        if (message.kind === kind) resolve(message as Extract<FromMacs, { kind: Kind }>);
        else if (message.kind === 'failed') reject(new Error(`The simulated Macs: ${message.words}`));
      });
      child.once('exit', () => reject(new Error('The simulated Macs ended.')));
    });
  child.on('exit', () => {
    ready = false;
    if (!stopping) onEnded('The simulated Macs ended by themselves.');
  });
  const { url: apnsUrl } = await hear('apns');
  return {
    apnsUrl,
    begin: async (url) => {
      const settled = hear('ready');
      const serving: FromServer = { kind: 'serving', url: url.href };
      child.send(serving);
      const { papers } = await settled;
      ready = true;
      return papers;
    },
    isReady: () => ready,
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}
