import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './test/setup/slowest-first.ts'

/** One seed for every random draw of a run. CI draws the same each time; elsewhere each run tries another. */
process.env.TEST_SEED ??= process.env.CI ? '20261129' : `${Date.now() % 1_000_000_000}`

const seconds = 1_000
const setupFiles = ['test/setup/seed.ts']
const usesPostgres = { globalSetup: ['test/setup/postgres.ts'], setupFiles }

export default defineConfig({
  // Two copies of graphql ('another module or realm') appear without these conditions.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    // Half of a run waits for PostgreSQL, a process or a clock, so each core serves two workers.
    maxWorkers: 2 * availableParallelism(),
    // A worker loads the modules once, and node itself strips the types.
    isolate: false,
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts'],
          setupFiles,
          testTimeout: 10 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,conformance,sandbox,browser}/**/*.test.ts'],
          ...usesPostgres,
          testTimeout: 60 * seconds,
          hookTimeout: 30 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          ...usesPostgres,
          testTimeout: 120 * seconds,
          hookTimeout: 60 * seconds,
        },
      },
    ],
  },
})
