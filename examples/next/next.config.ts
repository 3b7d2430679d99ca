import { join } from 'node:path'
import type { NextConfig } from 'next'

// All examples share one lock file.
export default { turbopack: { root: join(import.meta.dirname, '..') } } satisfies NextConfig
