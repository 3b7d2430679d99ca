import { defineConfig } from 'vitest/config'
import { settings } from './settings.ts'

/** Runs in the copy that has the mutants. One worker: what one test has killed, no other test tries again. */
export default defineConfig({
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: [...settings.tests],
    setupFiles: ['test/setup/seed.ts', 'test/mutation/first-failure.ts'],
    runner: 'test/mutation/runner.ts',
    reporters: ['dot'],
    // A test is as long as all its mutants together.
    testTimeout: 3_600_000,
    maxWorkers: 1,
    isolate: false,
    experimental: { viteModuleRunner: false },
  },
})
