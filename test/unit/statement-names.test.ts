import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a name of a prepared statement stands for one text, whichever connection it comes to', () => {
  const texts = new Map<string, Set<string>>()
  for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.ts')) continue
    const file = join(entry.parentPath, entry.name)
    for (const [, name = '', text] of readFileSync(file, 'utf8').matchAll(/name: '([\w-]+)',\s*text(?:: (\w+))?/g)) {
      texts.set(name, (texts.get(name) ?? new Set()).add(`${file} ${text ?? 'text'}`))
    }
  }
  expect(texts.size).toBeGreaterThan(100)
  expect([...texts].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([])
})
