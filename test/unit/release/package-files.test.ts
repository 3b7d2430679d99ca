import { expect, test } from 'vitest'
import { packageFaults } from '../../../release/package-files.ts'

const manifest = {
  name: 'pill',
  main: './dist/index.js',
  types: './dist/index.d.ts',
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './locales/*': './dist/locales/*.js',
    './package.json': './package.json',
  },
}
const files = [
  ...['LICENSE', 'README.md', 'package.json'],
  ...['dist/index.js', 'dist/index.d.ts', 'dist/chunk.js', 'dist/locales/de.js'],
]

test('a package with all files that it names has no fault', () => {
  expect(packageFaults(manifest, files)).toEqual([])
})

test.each(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts'])('a package without %s is found', (path) => {
  const others = files.filter((file) => file !== path)
  expect(packageFaults(manifest, others)).toEqual([`pill lacks ${path}.`])
})

test('a pattern of exports that leads to no file is found', () => {
  const others = files.filter((file) => file !== 'dist/locales/de.js')
  expect(packageFaults(manifest, others)).toEqual(['pill lacks dist/locales/*.js.'])
})

test('a file beside the built ones is found', () => {
  expect(packageFaults(manifest, [...files, 'token.ts'])).toEqual([
    'pill has token.ts, which is not built and must not be packed.',
  ])
})
