import { type EnqueueOutcome, readEnqueueAnswer, readPushAnswer } from './enqueue-answer.ts';

/** As much of NanoMDM's API as carries commands. Nothing here throws for what the other side does. */
export type NanoMdmClient = {
  /** Queues a command for this id, and has NanoMDM push the Mac. */
  readonly enqueue: (id: string, uuid: string, command: Buffer) => Promise<EnqueueOutcome>;
  /** Whether Apple took the push. `unsure`: NanoMDM did not answer. */
  readonly push: (id: string) => Promise<'pushed' | 'not-pushed' | 'unsure'>;
  readonly isThere: () => Promise<boolean>;
};

const timeoutMs = 10_000;
const longestAnswer = 64 * 1024;

type Answer = { readonly status: number; readonly text: string };

export function nanoMdmClient(options: { readonly url: URL; readonly apiKey: string }): NanoMdmClient {
  const authorization = `Basic ${Buffer.from(`nanomdm:${options.apiKey}`).toString('base64')}`;

  /** Null: no answer, or one that was no end. The command may have come through all the same. */
  async function call(method: 'GET' | 'PUT', path: string, body?: Buffer): Promise<Answer | null> {
    try {
      const response = await fetch(new URL(path, options.url), {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/xml' }) },
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: await readBounded(response) };
    } catch {
      return null;
    }
  }

  return {
    enqueue: async (id, uuid, command) => {
      const answer = await call('PUT', `/v1/enqueue/${encodeURIComponent(id)}`, command);
      return answer === null ? { kind: 'unsure' } : readEnqueueAnswer(answer.status, answer.text, id, uuid);
    },
    push: async (id) => {
      const answer = await call('GET', `/v1/push/${encodeURIComponent(id)}`);
      if (answer === null) return 'unsure';
      return readPushAnswer(answer.status, answer.text, id) ? 'pushed' : 'not-pushed';
    },
    isThere: async () => (await call('GET', '/version'))?.status === 200,
  };
}

async function readBounded(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestAnswer) throw new Error('too long an answer');
  }
  return text;
}
