import { readFileSync } from 'node:fs'
import pixelmatch from 'pixelmatch'
import type { Browser } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { scenes, takePictures } from './scenes.ts'

/** Blocks of so many pixels are compared: text and dates may differ in them, a layout that moved does. */
const block = 8
const maxDifferentShare = 0.03

type Picture = { readonly width: number; readonly height: number; readonly data: Uint8Array }

/** Each block as its mean. */
function blurred({ width, height, data }: PNG): Picture {
  const [columns, rows] = [Math.floor(width / block), Math.floor(height / block)]
  const means = new Uint8Array(columns * rows * 4)
  for (let index = 0; index < columns * rows; index += 1) {
    const [left, top] = [(index % columns) * block, Math.floor(index / columns) * block]
    for (let channel = 0; channel < 4; channel += 1) {
      let sum = 0
      for (let y = top; y < top + block; y += 1) {
        for (let x = left; x < left + block; x += 1) sum += data[4 * (y * width + x) + channel] ?? 0
      }
      means[4 * index + channel] = sum / block ** 2
    }
  }
  return { width: columns, height: rows, data: means }
}

/** The share of blocks that differ; 1 where the sizes do. */
function differentShare(one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height) return 1
  const { width, height } = one
  return (
    pixelmatch(one.data, other.data, undefined, width, height, { threshold: 0.05, includeAA: true }) / (width * height)
  )
}

const keptOf = (name: string) => readFileSync(new URL(`../../docs/screenshots/${name}.png`, import.meta.url))

describe.skipIf(!runsHere)(
  'screenshots (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    let gateway: Gateway
    let browser: Browser
    const taken = new Map<string, Buffer>()

    beforeAll(async () => {
      gateway = await startGateway({ demo: true, env: { DEV_CLOCK: '' } })
      browser = await startBrowser()
      await takePictures(browser, gateway.url, ({ name }, picture) => taken.set(name, picture))
    }, 120_000)

    afterAll(async () => {
      await browser?.close()
      await gateway?.close()
    })

    test.each(scenes.map(({ name }) => name))(
      'of %s are those in docs/screenshots: else look, and `npm run screenshots`',
      (name) => {
        const picture = blurred(PNG.sync.read(taken.get(name) ?? Buffer.alloc(0)))
        expect(differentShare(picture, blurred(PNG.sync.read(keptOf(name))))).toBeLessThan(maxDifferentShare)
      },
    )

    test('of another page differ', () => {
      const [one, other] = ['billing', 'pricing'].map((name) => blurred(PNG.sync.read(keptOf(name)))) as [
        Picture,
        Picture,
      ]
      expect(differentShare(one, other)).toBeGreaterThan(2 * maxDifferentShare)
    })
  },
)
