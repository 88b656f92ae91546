import { defineConfig } from 'vitest/config';

/** Tests that need real servers; `npm run test:services` starts those and runs them. */
export default defineConfig({
  test: {
    include: ['test/services/**/*.service.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    poolOptions: { forks: { singleFork: true } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
