import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Figure, figuresOf } from './figure.ts';

type CallFrame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };
type Profile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

const root = path.dirname(import.meta.dirname);
const mostFunctions = 15;

/** Where the time of a CPU profile goes: functions by their own time, then rooms, in % of the time not idle. */
export async function reportProfile(file: string, of: string): Promise<readonly Figure[]> {
  // Safe because the file was just written by V8.
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, 'utf8')) as Profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const rooms = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    const spent = timeDeltas[index] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    busy += spent;
    const room = roomOf(frame);
    add(rooms, room, spent);
    add(functions, `${frame.functionName || '(anonymous)'} ${placeOf(frame, room)}`, spent);
  }
  const share = ([name, spent]: readonly [string, number], part: string): Figure =>
    figuresOf(part)(name, (spent / busy) * 100, '%');
  const largest = (spent: ReadonlyMap<string, number>, most: number): readonly [string, number][] =>
    [...spent].toSorted((a, b) => b[1] - a[1]).slice(0, most);
  return [
    ...largest(functions, mostFunctions).map((each) =>
      share(each, `Server under ${of}: functions by own time`),
    ),
    ...largest(rooms, 20).map((each) => share(each, `Server under ${of}: rooms`)),
  ];
}

const add = (to: Map<string, number>, name: string, spent: number): void =>
  void to.set(name, (to.get(name) ?? 0) + spent);

/** The room of ours, the package, or the part of Node.js that a function belongs to. */
function roomOf({ url, functionName }: CallFrame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'node (native)';
  if (url.startsWith('node:')) return url.split('/')[0] ?? url;
  const file = decodeURIComponent(url.replace('file://', '')).replace(`${root}/`, '');
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(file) ?? [];
  if (dependency !== undefined) return dependency;
  const folders = path
    .dirname(file)
    .replace(/^(apps|packages)\/([^/]+)\/src/u, '$2')
    .split('/');
  return folders.slice(0, folders[1] === 'modules' || folders[1] === 'platform' ? 3 : 2).join('/');
}

function placeOf({ url, lineNumber }: CallFrame, room: string): string {
  return url === '' ? '' : `(${room}: ${path.basename(url)}:${lineNumber + 1})`;
}
