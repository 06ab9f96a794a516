import { z } from 'zod';
import { openDatabase } from '../db/database.ts';
import { defineJob } from './define-job.ts';
import { openJobs } from './jobs.ts';

// A process that takes a job and never finishes it; its test kills it.
const connectionString = process.env['TEST_URL'] ?? '';
const jobs = openJobs({ connectionString, database: openDatabase({ connectionString }) });
await jobs.start();
const job = defineJob({ name: 'test.killed', input: z.object({ what: z.string() }), expireInSeconds: 2 });
await jobs.work(job, async ({ what }) => {
  process.stdout.write(`working on ${what}\n`);
  await new Promise(() => {});
});
