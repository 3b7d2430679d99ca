import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { runsHere } from './chromium.ts'
import { ExampleScene } from './example-scene.ts'

let scene: ExampleScene | undefined
beforeAll(async () => {
  if (runsHere) scene = await ExampleScene.open()
})
afterAll(() => scene?.close())

describe.skipIf(!runsHere)(
  'the example in plain HTML (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('has a live pill, by a token of its backend', async () => {
      await scene?.serve(resolve('examples/html'), ['../serve.ts', '.'], 'shows')
      await scene?.expectLivePill()
    })
  },
)
