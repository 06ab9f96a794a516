import { expect, it } from 'vitest';
import { runCuts } from './cut-run.ts';

it('a new key is saved once, wherever of 60 places the Mac’s message or our answer breaks off', async () => {
  expect(await runCuts(60)).toBe(60);
}, 300_000);
