import type { BrowserContext, Page } from 'playwright-core'
import { submit } from '../bench-ledger.ts'
import type { Case, Figure } from '../figure.ts'
import { median, type PillPage, withPillPage } from '../pill-page.ts'

const clicks = 15

/** The effects of one click, in ms from the click on. */
type Click = {
  /** The next paint, as Event Timing tells it: steps of 8 ms, and nothing below 16. */
  readonly nextPaint: number
  /** A paint with the dialog in it, or with its frame. */
  readonly opened: number
  /** A paint with the packages in it. */
  readonly filled: number
}

/**
 * From a click on the pill to the buy dialog: with its code not loaded, loaded before, and not loaded on a slow phone's network. The
 * baseline of each is the next paint after the click, which is the interaction's latency (INP).
 */
export const dialogOpen: Case = {
  name: 'dialog-open',
  run: ({ progress }) =>
    withPillPage(async (scene) => {
      const terms = { teamName: null, seats: 1, interval: null, anchor: null }
      await submit(scene.ledger, scene.team, { kind: 'assign-plan', planId: 'pro', ...terms })
      const ways = [
        ['its code not loaded', await clickTimes(scene, { warm: false, slow: false })],
        ['its code loaded', await clickTimes(scene, { warm: true, slow: false })],
        ['its code not loaded, 150 ms away at 1.6 Mbit/s', await clickTimes(scene, { warm: false, slow: true })],
      ] as const
      return ways.flatMap(([how, times]) => figuresOf(how, times, progress))
    }),
}

function figuresOf(how: string, times: readonly Click[], progress: (message: string) => void): Figure[] {
  const [nextPaint, opened, filled] = (['nextPaint', 'opened', 'filled'] as const).map((name) =>
    median(times.map((click) => click[name])),
  ) as [number, number, number]
  progress(`${how}: next paint ${nextPaint} ms, dialog ${opened.toFixed(0)} ms, packages ${filled.toFixed(0)} ms`)
  const figure = (what: string, measured: number): Figure => ({
    what: `click on the pill to ${what}, ${how} ÷ to the next paint`,
    measured: `${measured.toFixed(0)} ms`,
    baseline: `${nextPaint.toFixed(0)} ms`,
    ratio: measured / nextPaint,
    goal: null,
  })
  return [figure('the dialog', opened), figure('its packages', filled)]
}

async function clickTimes(scene: PillPage, { warm, slow }: { warm: boolean; slow: boolean }): Promise<Click[]> {
  const times: Click[] = []
  for (let count = 0; count < clicks; count += 1) {
    const context = await scene.browser.newContext({ locale: 'en-US' })
    const page = await openPage(context, scene.url)
    if (warm) {
      await clickTime(page)
      await page.keyboard.press('Escape')
      await page.waitForFunction(`!(${dialog})?.open`)
    }
    if (slow) await slowDown(context, page)
    times.push(await clickTime(page))
    await context.close()
  }
  return times
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.addInitScript(watchClicks)
  await page.goto(url)
  await page.waitForFunction('window.shown !== undefined')
  // The pill loads more code once its number is there.
  await page.waitForLoadState('networkidle')
  return page
}

/** As Lighthouse simulates a phone. */
async function slowDown(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const bytesPerSecond = (1.6 * 1024 * 1024) / 8
  const throughput = { downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond }
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, ...throughput })
}

async function clickTime(page: Page): Promise<Click> {
  await page.evaluate('window.click = {}')
  await page.locator('credits-pill').click()
  await page.waitForFunction('window.click.filled !== undefined && window.click.nextPaint !== undefined')
  return page.evaluate<Click>('window.click')
}

const dialog = `document.querySelector('credits-pill').shadowRoot.querySelector('credits-buy')?.shadowRoot.querySelector('dialog')`

/** Writes into `window.click` what the click led to. */
function watchClicks(): void {
  // The function runs in the page, whose window has this property of ours.
  const written = () => (window as unknown as { click: Partial<Record<keyof Click, number>> }).click
  const find = (selector: string) => {
    const pill = document.querySelector('credits-pill')?.shadowRoot
    return pill?.querySelector(selector) ?? pill?.querySelector('credits-buy')?.shadowRoot?.querySelector(selector)
  }
  const painted = (name: 'opened' | 'filled', selector: string, from: number) => {
    const look = () => {
      const told = () => Object.assign(written(), { [name]: performance.now() - from })
      requestAnimationFrame(find(selector) ? told : look)
    }
    look()
  }
  window.addEventListener(
    'click',
    ({ timeStamp }) => {
      painted('opened', 'dialog[open]', timeStamp)
      painted('filled', 'dialog[open] input[name=package]', timeStamp)
      // An interaction that is quicker than 16 ms has no entry.
      setTimeout(() => Object.assign(written(), { nextPaint: written().nextPaint ?? 16 }), 500)
    },
    true,
  )
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!Reflect.get(entry, 'interactionId')) continue
      Object.assign(written(), { nextPaint: Math.max(entry.duration, written().nextPaint ?? 0) })
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
}
