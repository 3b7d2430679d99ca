import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

process.env.TEST_SEED ??= `${Date.now() % 1_000_000_000}`
process.chdir(resolve(import.meta.dirname, '../..'))

/** Builds and opens what has packages of its own in `examples/`; `npm run test:examples` installs them. */
export default defineConfig({
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: ['test/examples/*.test.ts'],
    setupFiles: ['test/setup/seed.ts'],
    globalSetup: ['test/setup/postgres.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    experimental: { viteModuleRunner: false },
  },
})
