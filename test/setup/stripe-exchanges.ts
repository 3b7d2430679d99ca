import { rm } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { makeFolder } from './folders.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of what the run's tests exchange with the stand-in for Stripe. */
    stripeExchanges: string
  }
}

/** One folder for all projects of a run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const root = project.vitest.getRootProject()
  if (root.getProvidedContext().stripeExchanges !== undefined) return undefined
  const folder = await makeFolder('stripe-exchanges-')
  root.provide('stripeExchanges', folder)
  return () => rm(folder, { recursive: true, force: true })
}
