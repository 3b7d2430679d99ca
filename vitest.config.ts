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
    // One worker a core: more makes tests of time fail on a busy machine.
    maxWorkers: availableParallelism(),
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
          testTimeout: 120 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,conformance,sandbox,browser}/**/*.test.ts'],
          ...usesPostgres,
          testTimeout: 120 * seconds,
          hookTimeout: 60 * seconds,
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
