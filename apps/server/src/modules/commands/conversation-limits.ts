import { minutes } from '../../kernel/clock.ts';

/** Commands that turn out not to be wanted any more are passed over, but not for ever in one reply. */
export const mostPassedOver = 20;
/** A Mac repeats itself, in the same bytes. One that finds ever new answers to a question fills our disk with keys. */
export const mostAnswers = 16;
/** What a server keeps for a Mac is in the way of the next command for so long; then its answer counts as overdue. */
export const answerIsDueAfter = minutes(15);
/** Stored answers taken up in one statement. */
export const atOnce = 100;
