import { expect, it } from 'vitest';
import { numberFrom, seed } from './figures.ts';
import { runModel } from './model-run.ts';

const wanted = numberFrom('KEYHAVEN_MODEL_ACTS', 1000);

it(`after any ${wanted} acts and faults, every key is there and the truth is the Mac's`, async () => {
  const { acts } = await runModel(wanted, seed());
  expect(acts).toBeGreaterThanOrEqual(wanted);
}, 600_000);
