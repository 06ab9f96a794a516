import { expect, it } from 'vitest';
import { runCuts } from './cut-run.ts';

it('a new key is saved once, at whatever byte the Mac’s message or our answer breaks off', async () => {
  expect(await runCuts(Number.POSITIVE_INFINITY)).toBeGreaterThan(3000);
});
