import { answers, type Behaviour } from './behaviour.ts';

/** Power Nap: two commands get NotNow, then it answers. */
export const notNowTwice: Behaviour = {
  ...answers,
  name: 'not-now-twice',
  span: 2,
  onCommand: () => Promise.resolve({ kind: 'answers', result: { status: 'NotNow', keys: {} }, copies: 1 }),
};
