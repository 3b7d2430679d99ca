import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js'

/**
 * Icons for `<wa-icon name="…">`, as SVG texts of Lucide by name. Web Awesome's own would come from another host.
 */
export function useIcons(icons: Readonly<Record<string, string>>): void {
  registerIconLibrary('default', {
    resolver: (name) => `data:image/svg+xml,${encodeURIComponent(icons[name] ?? '')}`,
    mutator: (svg) => svg.setAttribute('stroke', 'currentColor'),
  })
}
