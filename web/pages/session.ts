/** Who the demo's visitor is. */
export type Session = { readonly team: string; readonly member: string; readonly role: string; readonly token: string }

/** Signs in as a member of the demo team; null: this gateway signs nobody in, because it is in production or its tokens come from elsewhere. */
export async function signInToDemo(member: string, role: string): Promise<Session | null> {
  const response = await fetch(`/demo/session?${new URLSearchParams({ member, role })}`, { method: 'POST' })
  return response.ok ? ((await response.json()) as Session) : null
}
