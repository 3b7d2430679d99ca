import type { Browser } from 'playwright-core'
import type { Case } from '../figure.ts'
import { median, withPillPage } from '../pill-page.ts'

const loads = 15

/**
 * From the script tag to the live number, on a page of another origin, with nothing in the browser's caches, and from them. The baseline is an
 * empty page of the same site: what the browser needs for anything.
 */
export const pillStart: Case = {
  name: 'pill-start',
  run: ({ progress }) =>
    withPillPage(async ({ browser, url }) => {
      await loadTimes(browser, url, false)
      const fresh = median(await loadTimes(browser, url, false))
      const kept = median(await loadTimes(browser, url, true))
      const empty = median(await emptyTimes(browser, `${url}/empty`))
      progress(`fresh ${fresh.toFixed(0)} ms, kept ${kept.toFixed(0)} ms, an empty page ${empty.toFixed(0)} ms`)
      return [
        figure('script tag to live number, nothing kept ÷ an empty page', fresh, empty, 150),
        figure('the same, with the script in the cache', kept, empty, 150),
      ]
    }),
}

const figure = (what: string, measured: number, baseline: number, aimMs: number) => ({
  what: `${what} (aim ${aimMs} ms)`,
  measured: `${measured.toFixed(0)} ms`,
  baseline: `${baseline.toFixed(0)} ms`,
  ratio: measured / baseline,
  goal: null,
})

async function loadTimes(browser: Browser, url: string, kept: boolean): Promise<number[]> {
  const times: number[] = []
  let context = await browser.newContext({ locale: 'en-US' })
  for (let count = 0; count < loads; count += 1) {
    if (!kept) {
      await context.close()
      context = await browser.newContext({ locale: 'en-US' })
    }
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForFunction('window.shown !== undefined')
    times.push(await page.evaluate<number>('window.shown'))
    await page.close()
  }
  await context.close()
  return times
}

/** From the beginning of the navigation to its load event. */
async function emptyTimes(browser: Browser, url: string): Promise<number[]> {
  const times: number[] = []
  for (let count = 0; count < loads; count += 1) {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(url)
    times.push(await page.evaluate<number>('performance.getEntriesByType("navigation")[0].loadEventStart'))
    await context.close()
  }
  return times
}
