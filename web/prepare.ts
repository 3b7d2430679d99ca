/** Builds the pages where the development dependencies are installed; without them the pages of an earlier build stay. */
if (resolves('vite')) {
  const { buildPages } = await import('./build-pages.ts')
  await buildPages()
} else {
  process.stderr.write('The pages are not built: their tools are development dependencies, which are not installed\n')
}

function resolves(name: string): boolean {
  try {
    return import.meta.resolve(name) !== ''
  } catch {
    return false
  }
}
