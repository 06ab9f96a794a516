type Answer = { readonly status: number; readonly body: unknown };

/** A page that begins this late asks anew: what came with the document is of then. */
const usableForMilliseconds = 5000;
let usableUntil = 0;
let answers = new Map<string, Answer>();

/** Reads what came with the document. Called once, before the first render. */
export function readAnswersInAdvance(): void {
  const text = document.getElementById('answers-in-advance')?.textContent ?? '{}';
  const read: unknown = JSON.parse(text);
  answers = new Map(isAnswers(read) ? Object.entries(read) : []);
  usableUntil = performance.now() + usableForMilliseconds;
}

/** The answer to this GET that came with the document, once; null when it has to be asked. */
export function takeAnswerInAdvance(path: string): Answer | null {
  const answer = performance.now() < usableUntil ? answers.get(path) : undefined;
  answers.delete(path);
  return answer ?? null;
}

// The server wrote it; where it did not (an offline document, a development server) it is something else.
const isAnswers = (read: unknown): read is Readonly<Record<string, Answer>> =>
  typeof read === 'object' && read !== null;
