import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Two copies of graphql ('another module or realm') appear without these conditions.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/postgres.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
