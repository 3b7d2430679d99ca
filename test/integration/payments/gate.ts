/** Callers wait for `opened`, and continue after `open`. */
export type Gate = { readonly opened: Promise<void>; open(): void }

export function closedGate(): Gate {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

export function openGate(): Gate {
  const gate = closedGate()
  gate.open()
  return gate
}
