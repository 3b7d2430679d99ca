import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { detached } from './build.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Into `target`, anew: a module for each file of `web/react`, so that bundlers leave out what a product does not use, and its types. Each module
 * begins with `'use client'`; the elements and React are imported.
 */
export function buildReact(target: string): void {
  rmSync(target, { recursive: true, force: true })
  const whole = mkdtempSync(join(root, 'web/react/.build-'))
  try {
    const flags = ['--noEmit', 'false', '--declaration', '--outDir', whole]
    execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'web/react', ...flags], { cwd: root, stdio: 'inherit' })
    // The compiler writes the elements' modules, too, of which the types are read.
    cpSync(join(whole, 'react'), target, { recursive: true })
  } finally {
    rmSync(whole, { recursive: true })
  }
  for (const { name, parentPath } of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(parentPath, name)
    writeFileSync(file, detached(readFileSync(file, 'utf8'), '.').replaceAll(".tsx'", ".js'"))
  }
}

if (import.meta.main) buildReact(`${root}web/react/dist`)
