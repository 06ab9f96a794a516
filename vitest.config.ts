import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,scripts}/**/*.{test,types.test,db.test}.ts', 'stories/**/*.story.ts'],
    globalSetup: ['apps/server/src/platform/db/test-server.setup.ts'],
    setupFiles: ['scripts/seen-statuses.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
