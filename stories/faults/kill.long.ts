import { expect, it } from 'vitest';
import { chanceFrom, print, seed } from './figures.ts';
import { type KillFigures, killRounds } from './kill-rounds.ts';

const folders = 4;
const roundsEach = 50;

it('every key survives 200 kills of all processes', async () => {
  const chance = chanceFrom(seed());
  const all: KillFigures[] = [];
  for (let folder = 0; folder < folders; folder += 1) {
    const moments = Array.from({ length: roundsEach }, () => chance() * 300);
    const { slowestStartMs, ...figures } = await killRounds(moments, print);
    const slowest = Math.round(Math.max(...slowestStartMs));
    print(
      `kill -9, folder ${folder}: ${JSON.stringify(figures)}, slowest start ${slowest} ms, seed ${seed()}`,
    );
    all.push({ slowestStartMs, ...figures });
  }
  expect(all.reduce((sum, { rounds }) => sum + rounds, 0)).toBe(folders * roundsEach);
});
