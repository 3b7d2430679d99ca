import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

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
