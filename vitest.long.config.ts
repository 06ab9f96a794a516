import { defineConfig } from 'vitest/config';

// npm run test:long: the model runs and the fault runs, which take minutes.
export default defineConfig({
  test: {
    include: ['{apps,packages,stories}/**/*.long.ts'],
    globalSetup: ['apps/server/src/platform/db/test-server.setup.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    pool: 'forks',
    passWithNoTests: true,
  },
});
