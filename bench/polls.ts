import { createPrivateKey } from 'node:crypto';
import process from 'node:process';
import { readCertificate } from '@keyhaven/mac/certificate';
import { bareSha1Signer } from '@keyhaven/mac/cms/signed-data';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { writePlist } from '@keyhaven/mac/plist';
import type { BenchServer } from './bench-server.ts';
import type { Load } from './cycles.ts';
import { type Figure, figuresOf, percentile } from './figure.ts';
import { openConnection } from './http-connection.ts';

/** Signed Idle messages of Macs for which nothing waits, over kept connections. */
export async function measurePolls(
  server: BenchServer,
  macs: readonly SimulatedMac[],
  { seconds, concurrency }: Load,
): Promise<readonly Figure[]> {
  const requests = macs.map((mac) => idleRequest(server.url, mac));
  await poll(server.url, requests, { seconds: 1, concurrency });
  const before = await server.usage();
  const ownBefore = process.cpuUsage();
  const began = performance.now();
  const latencies = await poll(server.url, requests, { seconds, concurrency });
  const elapsed = (performance.now() - began) / 1000;
  const own = process.cpuUsage(ownBefore);
  const after = await server.usage();
  const polls = latencies.length;
  const figure = figuresOf('Polls: a signed Idle, nothing waits');
  const serverMs = (after.cpuMs - before.cpuMs) / polls;
  const databaseMs = (after.databaseCpuMs - before.databaseCpuMs) / polls;
  return [
    figure('polls', polls, ''),
    figure('polls a second', polls / elapsed, '/s'),
    figure('p50', percentile(latencies, 0.5), 'ms'),
    figure('p95', percentile(latencies, 0.95), 'ms'),
    figure('p99', percentile(latencies, 0.99), 'ms'),
    figure('CPU a poll, server', serverMs, 'ms'),
    figure('CPU a poll, PostgreSQL', databaseMs, 'ms'),
    figure('CPU a poll, load', (own.user + own.system) / 1000 / polls, 'ms'),
    figure('polls a second of CPU, server and PostgreSQL', 1000 / (serverMs + databaseMs), '/s'),
  ];
}

/** Milliseconds of each poll. */
async function poll(
  url: URL,
  requests: readonly Buffer[],
  { seconds, concurrency }: Load,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  let next = 0;
  const worker = async (): Promise<void> => {
    const connection = await openConnection(url);
    while (performance.now() < end) {
      const request = requests[(next += 1) % requests.length];
      if (request === undefined) throw new Error('no Macs to poll');
      const start = performance.now();
      const status = await connection.exchange(request);
      latencies.push(performance.now() - start);
      if (status !== 200) throw new Error(`a poll was answered with ${status}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return latencies;
}

/** The Idle of an enrolled Mac with its Mdm-Signature, as bytes of HTTP/1.1: it is always the same. */
export function idleRequest(server: URL, mac: SimulatedMac): Buffer {
  const { body, signature } = signedIdle(mac);
  const head = [
    'PUT /mdm HTTP/1.1',
    `Host: ${server.host}`,
    'Content-Type: application/x-apple-aspen-mdm; charset=UTF-8',
    'User-Agent: MDM-OSX/1.0 mdmclient/1070',
    `Mdm-Signature: ${signature}`,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

export function signedIdle(mac: SimulatedMac): { readonly body: Buffer; readonly signature: string } {
  const { enrollment, identity } = mac.state;
  if (enrollment === null) throw new Error('a Mac that is not enrolled');
  const sign = bareSha1Signer({
    certificate: readCertificate(enrollment.certificate),
    privateKey: createPrivateKey(enrollment.privateKeyPem),
  });
  const body = writePlist({ UDID: identity.udid, Status: 'Idle' });
  return { body, signature: sign(body).toString('base64') };
}
