import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Ends the PostgreSQL of this cluster that a killed keyhaven left running. To be called with the folder
 * lock held, so that no living keyhaven owns it. Only a process that runs a `postgres` with `-D` this
 * cluster is touched: process numbers are used again. Returns its pid, or null when there was none.
 */
export async function endOrphanedPostgres(cluster: string): Promise<number | null> {
  const pid = await recordedPid(cluster);
  if (pid === null || !(await isPostgresOf(pid, cluster))) {
    await forgetReusedPid(pid, cluster);
    return null;
  }
  // Fast shutdown first; one that hangs is told to leave at once (it recovers at the next start).
  for (const [signal, seconds] of [['SIGINT', 20] as const, ['SIGQUIT', 5] as const]) {
    if (!signalled(pid, signal)) return pid;
    for (let waited = 0; waited < seconds * 20; waited += 1) {
      if (!(await isPostgresOf(pid, cluster))) return pid;
      await pause(50);
    }
  }
  return pid;
}

async function recordedPid(cluster: string): Promise<number | null> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 1 ? pid : null;
}

async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  const words = await commandOf(pid);
  const at = words.indexOf('-D');
  return path.basename(words[0] ?? '') === 'postgres' && at > 0 && words[at + 1] === cluster;
}

/** The command line of a process; empty when it has ended (also while it waits to be collected). */
async function commandOf(pid: number): Promise<readonly string[]> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.split('\0');
  }
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  // ps does not say where a word ends, so a folder with a space in its name is not recognised here.
  return stdout.trim().split(' ');
}

/**
 * After a power cut the recorded number may belong to another program by now, and PostgreSQL would then
 * refuse to start. Its record is removed only when no process at all works in the cluster: as long as one
 * does, the record is what protects the cluster from a second server.
 */
async function forgetReusedPid(pid: number | null, cluster: string): Promise<void> {
  if (pid === null || process.platform !== 'linux' || !signalled(pid, 0)) return;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = await readlink(`/proc/${entry}/cwd`).catch(() => '');
    if (folder === cluster) return;
  }
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
