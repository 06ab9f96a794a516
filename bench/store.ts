import { setTimeout as pause } from 'node:timers/promises';
import type { BenchMac } from './bench-macs.ts';
import { type Figure, figuresOf, percentile } from './figure.ts';

const lookEveryMs = 5;

/** From the owner's Save to the page that says saved, with the Mac answering at once; one after the other. */
export async function measureStores(macs: readonly BenchMac[]): Promise<readonly Figure[]> {
  const times: number[] = [];
  for (const { mac, owner, device } of macs) {
    const key = mac.paper.currentRecoveryKey;
    if (key === null) throw new Error('a Mac without a recovery key');
    const began = performance.now();
    let attempt = await owner.store(device, key);
    while (attempt.endedAt === null) {
      await pause(lookEveryMs);
      attempt = await owner.attempt(device, attempt.id);
    }
    times.push(performance.now() - began);
    if (attempt.state !== 'saved') throw new Error(`a store failed: ${attempt.reason}`);
    await mac.settled();
  }
  const figure = figuresOf('Store to saved, the Mac answering at once (wanted: under 2 s)');
  return [
    figure('stores', times.length, ''),
    figure('median', percentile(times, 0.5) / 1000, 's'),
    figure('p95', percentile(times, 0.95) / 1000, 's'),
    figure('longest', Math.max(...times) / 1000, 's'),
  ];
}
