import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = {
  readonly id: string
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[]
}

/**
 * Waits until the colours no longer change: before that they have no contrast of their own. Endless animations are not
 * waited for.
 */
const settled = `(async () => {
  const treesIn = (root) => [root, ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ? treesIn(shadowRoot) : [])]
  const ending = treesIn(document).flatMap((tree) => tree.getAnimations())
    .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(ending.map(({ finished }) => finished))
})()`

/** `within`: a selector; `rules`: only these rules, in a fraction of the time. */
export type Extent = { readonly within?: string; readonly rules?: readonly string[] }

/** The faults that axe-core finds in a page, shadow roots included: one line each. */
export async function faultsOf(page: Page, { within, rules }: Extent = {}): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe)
  await page.evaluate(settled)
  const extent = JSON.stringify(within ?? null)
  // Else axe-core also describes every element that passes, and all of them would be sent here.
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) })
  const run = `axe.run(${extent} ?? document, ${options}).then(({ violations }) => violations)`
  const violations = (await page.evaluate(run)) as readonly Violation[]
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${JSON.stringify(target)}: ${failureSummary}`),
  )
}
