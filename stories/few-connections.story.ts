import { expect, test } from 'vitest';
import { startBenchWorld } from './faults/bench-world.ts';
import { erin, openDesk } from './odd-macs/desk.ts';

test.each([
  ['as few connections as may be set', 2],
  ['as many as are set by default', 10],
])('with %s, a start keeps nobody waiting: a key is stored, and no timer fails', async (_, connections) => {
  const world = await startBenchWorld({ connections });
  const desk = openDesk(world);
  const known = await desk.stored(erin);
  expect((await desk.see(erin, known.id)).recoveryKey.state).toBe('current');
  await world.close();
  expect(world.logged()).not.toContain('recurring job failed');
});
