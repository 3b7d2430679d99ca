/** The fields of a package.json that name files of the package, or packages of this repository. */
export type Manifest = {
  readonly name: string
  readonly private?: boolean
  readonly main?: string
  readonly types?: string
  readonly exports?: Exports
  readonly dependencies?: Readonly<Record<string, string>>
}
type Exports = string | { readonly [key: string]: Exports }

const always = ['LICENSE', 'README.md', 'package.json']

/** The faults of a package as `npm pack` would pack it, a sentence each: files that are missing or do not belong in it. */
export function packageFaults(manifest: Manifest, files: readonly string[]): string[] {
  const packed = new Set(files)
  const { name, main, types, exports } = manifest
  const named = [main, types, ...(exports === undefined ? [] : pathsIn(exports))]
  const needed = new Set([...always, ...named.flatMap((path) => (path === undefined ? [] : [path.replace('./', '')]))])
  const missing = [...needed].filter((path) => !isPacked(path, packed))
  const foreign = files.filter((path) => !always.includes(path) && !path.startsWith('dist/'))
  return [
    ...missing.map((path) => `${name} lacks ${path}.`),
    ...foreign.map((path) => `${name} has ${path}, which is not built and must not be packed.`),
  ]
}

const pathsIn = (exports: Exports): string[] =>
  typeof exports === 'string' ? [exports] : Object.values(exports).flatMap(pathsIn)

/** A path of `exports` may have one `*`, which stands for any text. */
function isPacked(path: string, packed: ReadonlySet<string>): boolean {
  const [start = '', end] = path.split('*')
  return end === undefined ? packed.has(path) : [...packed].some((file) => file.startsWith(start) && file.endsWith(end))
}
