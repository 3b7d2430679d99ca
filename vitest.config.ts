import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './test/setup/slowest-first.ts'

/** One seed for every random draw of a run. CI draws the same each time; elsewhere each run tries another. */
process.env.TEST_SEED ??= process.env.CI ? '20261129' : `${Date.now() % 1_000_000_000}`

const globalSetup = ['test/setup/postgres.ts', 'test/setup/stripe-exchanges.ts']
const setupFiles = ['test/setup/record-stripe.ts']

export default defineConfig({
  // Two copies of graphql ('another module or realm') appear without these conditions.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    setupFiles: ['test/setup/seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A poll ends with what it waits for. How long that may take on a busy machine is no promise of the product's.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    // One worker a core: with more, tests of time fail on a busy machine.
    maxWorkers: availableParallelism(),
    // A worker loads the modules once, and node itself strips the types.
    isolate: false,
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: SlowestFirst },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 10_000 } },
      { extends: true, test: { name: 'property', include: ['test/property/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,attack,conformance,browser}/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          globalSetup,
          setupFiles,
        },
      },
      { extends: true, test: { name: 'fault', include: ['test/fault/**/*.test.ts'], globalSetup, setupFiles } },
      // After all others: it reads what they recorded.
      {
        extends: true,
        test: {
          name: 'recorded',
          include: ['test/recorded/**/*.test.ts'],
          globalSetup: ['test/setup/stripe-exchanges.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
