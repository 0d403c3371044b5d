/** What every page is judged by, in Chromium: each question returns what is wrong, as a list that should be empty. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
const FIND = `axe.run({ runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary.split('\\n')[1])))`
const MOST_STOPS = 150

/** A stop of somebody who goes through a page with the key Tab. */
interface Stop {
  /** Which of the page's controls it is, in the order of the source; null for none of them. */
  readonly index: number | null
  readonly html: string
  readonly isNative: boolean
  /** Whether one sees that it has the focus, and sees it at all. */
  readonly isSeen: boolean
}

/** What axe finds, in the state and size that the page is in. */
export async function axeFinds(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(AXE)
  return page.evaluate<string[]>(FIND)
}

/** By how many pixels the page is wider than the window, and which elements stand out. */
export async function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= room) return []
    const out = [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > room + 1)
    return [`${document.documentElement.scrollWidth} > ${room}`, ...out.map((node) => node.outerHTML.slice(0, 120))]
  })
}

/** What of the page the keyboard does not reach, reaches in another order, or reaches unseen. Leaves the focus at the start. */
export async function keyboardMisses(page: Page): Promise<readonly string[]> {
  const controls = await page.evaluate<string[]>(() => {
    const all = document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]')
    const reachable = [...all].filter(
      (node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0 && !node.matches(':disabled'),
    )
    reachable.forEach((node, index) => (node.dataset['stop'] = String(index)))
    return reachable.map((node) => node.outerHTML.slice(0, 120))
  })
  const stops = await tour(page, controls.length)
  const order = stops.map(({ index }) => index)
  const start = order.indexOf(0)
  const turned = [...order.slice(start), ...order.slice(0, start)]
  return [
    ...controls.filter((_html, index) => !order.includes(index)).map((html) => `not reached: ${html}`),
    ...stops.filter(({ index }) => index === null).map(({ html }) => `reached, and no control: ${html}`),
    ...(turned.some((index, place) => index !== place) ? [`reached in another order: ${order.join(' ')}`] : []),
    ...stops
      .filter(({ isNative }) => !isNative)
      .map(({ html }) => `not a control that keys work by themselves: ${html}`),
    ...stops.filter(({ isSeen }) => !isSeen).map(({ html }) => `the focus is not seen at: ${html}`),
  ]
}

/** Goes through the page with Tab until it comes to where it began. */
async function tour(page: Page, count: number): Promise<readonly Stop[]> {
  const stops: Stop[] = []
  for (let press = 0; press < Math.min(count + 3, MOST_STOPS); press += 1) {
    await page.keyboard.press('Tab')
    const stop = await focused(page)
    if (stop === null) continue // the window itself, between the last control and the first
    if (stops.some(({ index }) => index === stop.index)) break
    stops.push(stop)
  }
  return stops
}

/** What has the focus, or null when the page has it. */
async function focused(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const node = document.activeElement
    if (!(node instanceof HTMLElement) || node === document.body) return null
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node)
    const box = node.getBoundingClientRect()
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    const isMarked = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none'
    return {
      index: node.dataset['stop'] === undefined ? null : Number(node.dataset['stop']),
      html: node.outerHTML.slice(0, 120),
      isNative: node.matches('a[href], button, input, select, textarea, summary'),
      isSeen: isMarked && (node.contains(top) || top?.contains(node) === true),
    }
  })
}

/** What in the forms has no label, no word for password managers, or shows what it should not. */
export async function formFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const words = /^(?:username|email|current-password|new-password|off)$/
    const fields = [...document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), select, textarea')]
    const faults = (node: HTMLInputElement): string[] => {
      const described = (node.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id !== '')
      const texts = described.map((id) => document.getElementById(id)?.textContent.trim() ?? '')
      const isTyped = ['email', 'password', 'text'].includes(node.type)
      return [
        ...((node.labels?.length ?? 0) === 0 && !node.ariaLabel ? ['no label'] : []),
        ...(isTyped && !words.test(node.autocomplete) ? ['no autocomplete'] : []),
        ...(node.type === 'password' && node.value !== '' ? ['a password is shown again'] : []),
        ...(texts.includes('') ? ['described by nothing'] : []),
        ...(node.ariaInvalid === 'true' && texts.length === 0 ? ['refused without a word'] : []),
      ].map((fault) => `${fault}: ${node.outerHTML.slice(0, 160)}`)
    }
    const others = [...document.querySelectorAll('form')].flatMap((form) => [
      ...(form.method === 'post' ? [] : [`not a POST: ${form.outerHTML.slice(0, 120)}`]),
      ...(form.querySelector('button') === null ? [`no button: ${form.outerHTML.slice(0, 120)}`] : []),
    ])
    return [...fields.filter((field) => field.checkVisibility()).flatMap(faults), ...others]
  })
}

/** What still moves for somebody who asked for little motion. The page must be in that mode. */
export async function moves(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const longest = (times: string): number => Math.max(...times.split(',').map((time) => parseFloat(time)))
    return [...document.querySelectorAll('*')].flatMap((node) =>
      [null, '::before', '::after'].flatMap((pseudo) => {
        const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(node, pseudo)
        const isMoving =
          (animationName !== 'none' && longest(animationDuration) > 0.01) ||
          longest(transitionDuration) > 0.01 ||
          scrollBehavior === 'smooth'
        return isMoving ? [`${node.outerHTML.slice(0, 80)} ${pseudo ?? ''}`] : []
      }),
    )
  })
}

/** Every text that people read or hear, of the page and of its attributes. */
export async function textsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const spoken = ['aria-label', 'title', 'alt', 'placeholder']
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
    const texts: string[] = []
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.parentElement?.closest('script, style, code, pre, noscript') === null) texts.push(node.textContent ?? '')
    }
    const attributes = [...document.querySelectorAll('body *')].flatMap((node) =>
      spoken.flatMap((name) => node.getAttribute(name) ?? []),
    )
    return [...texts, ...attributes].map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text))
  })
}

/** Where the links and the forms of the page lead: paths with their queries, or whole addresses of others. */
export async function leadsTo(page: Page): Promise<{
  readonly links: readonly string[]
  readonly forms: readonly { readonly method: string; readonly path: string }[]
}> {
  return page.evaluate(() => {
    const short = (address: string): string => {
      const { origin, pathname, search } = new URL(address)
      return origin === location.origin ? `${pathname}${search}` : address
    }
    return {
      links: [...document.querySelectorAll<HTMLAnchorElement>('a[href]:not([href^="#"])')].map(({ href }) =>
        short(href),
      ),
      forms: [...document.querySelectorAll('form')].map(({ method, action }) => ({ method, path: short(action) })),
    }
  })
}
