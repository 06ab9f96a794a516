import { answersTwice } from './answers-twice.ts';
import { asleep } from './asleep.ts';
import { answers, type Behaviour } from './behaviour.ts';
import { erased } from './erased.ts';
import { errors } from './errors.ts';
import { filevaultOff } from './filevault-off.ts';
import { losesTheAnswer } from './loses-the-answer.ts';
import { notNowTwice } from './not-now-twice.ts';
import { reEnrolls } from './re-enrolls.ts';
import { rotatesThenDies } from './rotates-then-dies.ts';
import { rotatesWithoutReplyKey } from './rotates-without-reply-key.ts';

const ALL: readonly Behaviour[] = [
  answers,
  answersTwice,
  asleep,
  erased,
  errors,
  filevaultOff,
  losesTheAnswer,
  notNowTwice,
  reEnrolls,
  rotatesThenDies,
  rotatesWithoutReplyKey,
];

export const BEHAVIOUR_NAMES: readonly string[] = ALL.map((behaviour) => behaviour.name);

/** The behaviour of that name, or null. */
export function behaviourNamed(name: string): Behaviour | null {
  return ALL.find((behaviour) => behaviour.name === name) ?? null;
}
