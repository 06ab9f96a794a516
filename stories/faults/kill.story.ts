import { expect, it } from 'vitest';
import { chanceFrom, print, seed } from './figures.ts';
import { killRounds } from './kill-rounds.ts';

it('every key survives the kill of all processes at ten moments of storing and rotating', async () => {
  const chance = chanceFrom(seed());
  const moments = Array.from({ length: 10 }, (_, round) => round * 30 + chance() * 30);
  const { slowestStartMs, ...figures } = await killRounds(moments, print);
  const slowest = Math.round(Math.max(...slowestStartMs));
  print(`kill -9: ${JSON.stringify(figures)}, slowest start ${slowest} ms, seed ${seed()}`);
  expect(figures.rounds).toBe(10);
}, 300_000);
