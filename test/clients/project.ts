import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type InlineConfig, type Plugin, runnerImport } from 'vite'

/** The code below a heading of a page in `docs/`, as the page writes it: its first block of that language. */
export function snippet(page: string, heading: string, language: string): string {
  const text = readFileSync(`docs/${page}.md`, 'utf8')
  const start = text.indexOf(`\n${heading}`)
  const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(text.slice(start)) ?? []
  if (start < 0 || code === undefined) throw new Error(`docs/${page}.md has no ${language} below ${heading}`)
  return code
}

export type Project = { readonly folder: string; remove(): Promise<void> }

/** A product's folder with these files, which has installed the client and what `test/clients` has. */
export async function makeProject(files: Record<string, string>): Promise<Project> {
  const folder = await mkdtemp(resolve('test/clients/.project-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  await mkdir(join(folder, 'node_modules/@credits-gateway'), { recursive: true })
  await symlink(resolve('web/client'), join(folder, 'node_modules/@credits-gateway/client'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/**
 * Runs a module of the project. `given` has the exports of modules that it imports and that the test has, by the name in the import;
 * `transform` changes the text of its modules.
 */
export async function imported<Module>(
  { folder }: Project,
  name: string,
  given: Record<string, object>,
  transform: (code: string, id: string) => string | null = () => null,
): Promise<Module> {
  const key = `given for ${folder}`
  const own: Plugin = {
    name: 'given-by-the-test',
    resolveId: (id) => (id in given ? `\0${id}` : null),
    load: (id) => {
      const exports = given[id.slice(1)]
      if (!id.startsWith('\0') || exports === undefined) return null
      const values = Object.keys(exports).map((each) =>
        each === 'default' ? 'export default given.default' : `export const ${each} = given.${each}`,
      )
      const found = `globalThis[${JSON.stringify(key)}][${JSON.stringify(id.slice(1))}]`
      return [`const given = ${found}`, ...values].join('\n')
    },
    transform,
  }
  const options: InlineConfig = { root: folder, configFile: false, logLevel: 'error', plugins: [own] }
  Object.assign(globalThis, { [key]: given })
  try {
    return (await runnerImport<Module>(join(folder, name), options)).module
  } finally {
    Reflect.deleteProperty(globalThis, key)
  }
}
