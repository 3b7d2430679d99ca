import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

process.env.TEST_SEED ??= `${Date.now() % 1_000_000_000}`
process.chdir(resolve(import.meta.dirname, '../..'))

/** Tests that need the packages of `test/clients/package.json`; `npm run test:clients` installs them. */
export default defineConfig({
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: ['test/clients/*.test.ts'],
    setupFiles: ['test/setup/seed.ts'],
    globalSetup: ['test/setup/postgres.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    isolate: false,
    experimental: { viteModuleRunner: false },
  },
})
