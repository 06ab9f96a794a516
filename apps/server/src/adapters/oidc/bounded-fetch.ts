import type { CustomFetch } from 'openid-client';

const mostBytes = 512 * 1024;

/** The answer of an identity provider was longer than anything it has to say. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
}

/** Fetches for openid-client, without redirects and with at most 512 KiB of body. Throws AnswerTooLong. */
export const boundedFetch: CustomFetch = async (url, options) => {
  const { body, ...rest } = options;
  const init: RequestInit = { ...rest, redirect: 'manual', ...(body === undefined ? {} : { body }) };
  const answer = await fetch(url, init);
  const bytes = answer.body === null ? null : await readBounded(answer.body);
  return new Response(bytes, {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
  });
};

async function readBounded(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.byteLength;
    if (length > mostBytes) throw new AnswerTooLong();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
