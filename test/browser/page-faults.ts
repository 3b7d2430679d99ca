import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = {
  readonly id: string
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[]
}

/** `within`: a selector; `rules`: by these alone, in a fraction of the time. */
export type Extent = { readonly within?: string; readonly rules?: readonly string[] }

/** What axe-core finds wrong in a page, shadow roots included: one line each. */
export async function faultsOf(page: Page, { within, rules }: Extent = {}): Promise<string[]> {
  await page.evaluate(axe)
  const extent = JSON.stringify(within ?? null)
  const options = JSON.stringify(rules === undefined ? {} : { runOnly: rules })
  const run = `axe.run(${extent} ?? document, ${options})`
  const { violations } = (await page.evaluate(run)) as { violations: readonly Violation[] }
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${JSON.stringify(target)}: ${failureSummary}`),
  )
}
