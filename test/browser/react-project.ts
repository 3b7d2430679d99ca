import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { buildElements } from '../../web/build-elements.ts'
import { buildReact } from '../../web/build-react.ts'

const run = promisify(execFile)

/** A product's folder with these files, in which the built packages are installed, and React of the root. */
export class ReactProject {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(files: Record<string, string>): Promise<ReactProject> {
    const folder = await mkdtemp(resolve('node_modules/.react-'))
    for (const name of ['elements', 'react']) {
      const installed = join(folder, 'node_modules/@credits-gateway', name)
      await mkdir(installed, { recursive: true })
      cpSync(`web/${name}/package.json`, join(installed, 'package.json'))
    }
    await buildElements(join(folder, 'node_modules/@credits-gateway/elements/dist'))
    buildReact(join(folder, 'node_modules/@credits-gateway/react/dist'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return new ReactProject(folder)
  }

  /** For a page, with React's warnings: into the folder `page`. */
  async buildPage(entry: string): Promise<string> {
    const define = { 'process.env.NODE_ENV': '"development"' }
    const bundle = await rolldown({
      cwd: this.folder,
      input: entry,
      platform: 'browser',
      transform: { define },
      logLevel: 'silent',
    })
    const dir = join(this.folder, 'page')
    await bundle.write({ dir, format: 'esm', chunkFileNames: '[name]-[hash].js' })
    await bundle.close()
    return dir
  }

  /** Runs a module in a Node of its own, which imports the packages as they are, and returns what it prints. */
  async runOnServer(entry: string): Promise<string> {
    const bundle = await rolldown({
      cwd: this.folder,
      input: entry,
      platform: 'node',
      external: /^[^./]/,
      logLevel: 'silent',
    })
    const file = join(this.folder, 'server/main.js')
    await bundle.write({ file, format: 'esm' })
    await bundle.close()
    return (await run(process.execPath, [file], { cwd: this.folder })).stdout
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}
