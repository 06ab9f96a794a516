import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** Begins a CPU profile of this process; what is returned ends it and writes it, as `node --cpu-prof` does. */
export async function startProfile(): Promise<(file: string) => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  return async (file) => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    await writeFile(file, JSON.stringify(profile));
  };
}
