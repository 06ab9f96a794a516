import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const msPerTick = 10;

type Stat = { readonly parent: number; readonly cpuMs: number; readonly residentMb: number };

/** What a process and all below it have used; null where there is no /proc. */
export function usageOfTree(root: number): { readonly cpuMs: number; readonly residentMb: number } | null {
  const all = readProcesses();
  if (!all.has(root)) return null;
  let cpuMs = 0;
  let residentMb = 0;
  for (const [pid, stat] of all) {
    if (!isBelow(all, pid, root)) continue;
    cpuMs += stat.cpuMs;
    residentMb += stat.residentMb;
  }
  return { cpuMs, residentMb };
}

function isBelow(all: ReadonlyMap<number, Stat>, pid: number, root: number): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) {
    if (at === root) return true;
  }
  return false;
}

function readProcesses(): ReadonlyMap<number, Stat> {
  const found = new Map<number, Stat>();
  for (const name of entriesOf('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    if (stat !== null) found.set(pid, stat);
  }
  return found;
}

/** proc_pid_stat(5): after the name in brackets, field 4 is the parent, 14 to 17 the times (ended children too). */
function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3] ?? 0);
    const ticks = field(14) + field(15) + field(16) + field(17);
    return { parent: field(4), cpuMs: ticks * msPerTick, residentMb: readPrivateMb(pid) };
  } catch {
    return null;
  }
}

/** Without the pages it shares: PostgreSQL's processes share their buffers. */
function readPrivateMb(pid: number): number {
  const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
  return ((resident - shared) * 4096) / 1e6;
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
