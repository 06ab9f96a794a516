import { startEmbeddedPostgres } from './embedded-postgres.ts';

// A process that runs the database in the folder of its first argument until it is told to stop.
try {
  const server = await startEmbeddedPostgres({ folder: process.argv[2] ?? '' });
  process.stdout.write(`${JSON.stringify({ url: server.connectionString, pid: server.pid() })}\n`);
  process.stdin.on('end', () => void server.stop()).resume();
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error instanceof Error ? error.message : 'unknown' })}\n`);
}
