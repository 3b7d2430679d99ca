import type { ReactiveControllerHost } from 'lit'
import { Reading } from './reading.ts'

type Item = { readonly id: string }
export type Page<Node> = {
  readonly nodes: readonly Node[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}
type ReadPage<Node> = (after: string | null, signal: AbortSignal) => Promise<Page<Node>>

/** A list, the newest first, that grows at its end by `more` and at its beginning by `load`. */
export class Pages<Node extends Item> extends Reading<Page<Node>> {
  #after: string | null = null

  constructor(host: ReactiveControllerHost, read: ReadPage<Node>) {
    super(host, async (signal) => {
      const after = this.#after
      const page = await read(after, signal)
      return after === null ? this.#withNewer(page) : { ...page, nodes: [...(this.value?.nodes ?? []), ...page.nodes] }
    })
  }

  more(): Promise<void> {
    this.#after = this.value?.pageInfo.endCursor ?? null
    return super.load()
  }

  override load(): Promise<void> {
    this.#after = null
    return super.load()
  }

  /** Items of the new page are as they are now. Earlier ones behind it stay if the page reaches them. */
  #withNewer(page: Page<Node>): Page<Node> {
    const { value } = this
    const last = page.nodes.at(-1)
    const known = value?.nodes.findIndex(({ id }) => id === last?.id) ?? -1
    if (value === null || known === -1) return page
    return { nodes: [...page.nodes, ...value.nodes.slice(known + 1)], pageInfo: value.pageInfo }
  }
}
