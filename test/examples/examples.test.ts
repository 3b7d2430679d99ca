import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runsHere } from '../browser/chromium.ts'
import { ExampleScene } from '../browser/example-scene.ts'

const run = promisify(execFile)
let scene: ExampleScene

beforeAll(async () => {
  if (runsHere) scene = await ExampleScene.open()
})
afterEach(() => scene?.stopServing())
afterAll(() => scene?.close())

const build = (folder: string) =>
  run('npm', ['run', 'build'], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  })

describe.skipIf(!runsHere)(
  'an example (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test.each(['react', 'vue', 'svelte'])('in %s has a live pill', async (name) => {
      const folder = resolve('examples', name)
      await build(folder)
      await scene.serve(folder, ['../serve.ts', 'dist'], 'shows')
      await scene.expectLivePill()
    })

    test('in Next.js has the number in the HTML of its server, and a live pill', async () => {
      const folder = resolve('examples/next')
      await build(folder)
      const next = ['../node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1']
      await scene.serve(folder, next, 'Ready')
      const html = await (await fetch(scene.site)).text()
      expect(html).toContain(`<credits-pill><span>${await scene.label()}</span></credits-pill>`)
      await scene.expectLivePill()
    })
  },
)
